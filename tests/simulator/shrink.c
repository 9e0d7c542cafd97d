/* From a story that fails to a short one that still does: turns are left out, by halves, quarters
 * and so on to single ones; then submissions; then what befalls the server, lies, clock steps. Each
 * attempt is a process of its own, so that an abort is a failure like any other. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/simulator/story.h"

#define PATIENCE_S 60u /* longer is a failure, too */

bool story_fails(const struct story *story, const char *dir, const char *log)
{
    int status = 0;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        int fd = open(log != NULL ? log : "/dev/null", O_WRONLY | O_CREAT | O_TRUNC, 0600);
        if (fd < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0)
            _exit(2);
        alarm(PATIENCE_S);
        story_play(story, dir, log != NULL);
        fflush(NULL);
        _exit(0);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid) {
        perror("simulator");
        exit(2);
    }
    return !WIFEXITED(status) || WEXITSTATUS(status) != 0;
}

static bool keep_if_fails(struct story *story, const struct story *shorter, const char *dir)
{
    if (!story_fails(shorter, dir, NULL))
        return false;
    *story = *shorter;
    return true;
}

static bool leave_out_turns(struct story *story, const char *dir)
{
    static struct story shorter;
    bool any = false;
    for (int len = story->turn_count / 2; len > 0; len /= 2) {
        for (int at = 0; at + len <= story->turn_count;) {
            shorter = *story;
            memmove(&shorter.turns[at], &shorter.turns[at + len],
                    sizeof shorter.turns[0] * (size_t)(story->turn_count - at - len));
            shorter.turn_count -= len;
            if (keep_if_fails(story, &shorter, dir))
                any = true;
            else
                at += len;
        }
    }
    return any;
}

static bool leave_out_submissions(struct story *story, const char *dir)
{
    static struct story shorter;
    bool any = false;
    for (int t = 0; t < story->turn_count; t++) {
        for (int i = 0; i < story->turns[t].count;) {
            shorter = *story;
            struct turn *turn = &shorter.turns[t];
            memmove(&turn->writings[i], &turn->writings[i + 1],
                    sizeof turn->writings[0] * (size_t)(turn->count - i - 1));
            turn->count--;
            if (keep_if_fails(story, &shorter, dir))
                any = true;
            else
                i++;
        }
    }
    return any;
}

static bool make_plain(struct story *story, const char *dir)
{
    static struct story plain;
    bool any = false;
    for (int t = 0; t < story->turn_count; t++) {
        if (story->turns[t].fate != FATE_NONE) {
            plain = *story;
            plain.turns[t].fate = FATE_NONE;
            any |= keep_if_fails(story, &plain, dir);
        }
        if (story->turns[t].clock_ms != 0) {
            plain = *story;
            plain.turns[t].clock_ms = 0;
            any |= keep_if_fails(story, &plain, dir);
        }
    }
    for (int i = 0; i < story->writing_count; i++) {
        struct writing *writing = &story->writings[i];
        if (writing->lie == HONEST && writing->seen_back == 0)
            continue;
        plain = *story;
        plain.writings[i].lie = HONEST;
        plain.writings[i].seen_back = 0;
        if (memcmp(&plain, story, sizeof plain) != 0)
            any |= keep_if_fails(story, &plain, dir);
    }
    return any;
}

void story_shrink(struct story *story, const char *dir)
{
    bool any = true;
    while (any) {
        any = leave_out_turns(story, dir);
        any |= leave_out_submissions(story, dir);
        any |= make_plain(story, dir);
    }
}
