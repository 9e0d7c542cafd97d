/* Something that may end its process, done in one of its own. */
#pragma once

/* Runs it in a child, whose standard error goes to the file `said`, unbuffered; what `run` returns
 * is the child's exit status. Signals end it as they would a server, and time is short (SIGALRM).
 * Returns the status that waitpid gives. */
int apart_run(int (*run)(void *data), void *data, const char *said);
/* The same without words: what `run` returned, or -1 when a signal ended it, which must not be that
 * the time was over: nothing goes round in circles. */
int apart_outcome(int (*run)(void *data), void *data);
