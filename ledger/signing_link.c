/* Asking the signer. A message is whole or not there, so there is nothing to put together; a
 * connection whose answer did not come in time is closed, lest the next question get it. */
#include "ledger/signing_link.h"

#include <errno.h>
#include <stdio.h>
#include <sys/time.h>
#include <unistd.h>

#include "ledger/files.h"

int ledger_signing_link_make(struct base_bytes path, struct ledger_signing_link *out_link,
                             struct base_err *err)
{
    struct ledger_signing_link link = {.address = {.sun_family = AF_UNIX}, .fd = -1};
    if (path.len == 0 || path.len >= sizeof link.address.sun_path ||
        memchr(path.data, '\0', path.len) != NULL || memchr(path.data, '\n', path.len) != NULL)
        return BASE_FAIL(err, BASE_E_USAGE,
                         "the path of the signer's socket has 1 to %zu bytes, in one line",
                         sizeof link.address.sun_path - 1);
    memcpy(link.address.sun_path, path.data, path.len);
    *out_link = link;
    return 0;
}

int ledger_signing_link_read_as(const char *dir, const char *name,
                                struct ledger_signing_link *out_link, struct base_buf *out_vkey,
                                struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
    struct ledger_note_key key;
    *out_link = (struct ledger_signing_link){.fd = -1};
    int fault = ledger__file_read(dir, name, &text, err);
    if (fault == 0 && text.len > 0 && text.data[text.len - 1] == '\n')
        text.len--;
    const uint8_t *end = text.len > 0 ? memchr(text.data, '\n', text.len) : NULL;
    size_t path_len = end != NULL ? (size_t)(end - text.data) : text.len;
    if (fault == 0)
        fault = ledger_signing_link_make(base_bytes_of(text.data, path_len), out_link, err);
    if (fault == 0 && end != NULL) {
        struct base_bytes vkey = base_bytes_of(end + 1, text.len - path_len - 1);
        if (ledger_vkey_parse(vkey, &key, NULL) != 0)
            fault = BASE_FAIL(err, BASE_E_USAGE, "its second line is no verifier key");
        else if (out_vkey != NULL)
            base_buf_put_bytes(out_vkey, vkey);
    }
    if (fault == 0 && out_vkey != NULL && out_vkey->failed)
        fault = BASE_FAIL(err, BASE_E_MEMORY, "a verifier key");
    return fault == 0 ? 0 : base_err_wrap(err, fault, "%s/%s", dir, name);
}

int ledger_signing_link_read(const char *dir, struct ledger_signing_link *out_link,
                             struct base_err *err)
{
    *out_link = (struct ledger_signing_link){.fd = -1};
    return ledger__file_exists(dir, LEDGER_SIGNING_FILE)
               ? ledger_signing_link_read_as(dir, LEDGER_SIGNING_FILE, out_link, NULL, err)
               : 0;
}

int ledger_signing_link_write(const char *dir, const char *name,
                              const struct ledger_signing_link *link, struct base_bytes vkey,
                              struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_release) text = {0};
    base_buf_put_str(&text, link->address.sun_path);
    base_buf_put_str(&text, "\n");
    base_buf_put_bytes(&text, vkey);
    base_buf_put_str(&text, "\n");
    if (text.failed)
        return BASE_FAIL(err, BASE_E_MEMORY, "the way to a signer");
    return ledger__file_create(dir, name, base_buf_bytes(&text), err);
}

void ledger_signing_link_close(struct ledger_signing_link *link)
{
    if (link->fd >= 0)
        close(link->fd);
    link->fd = -1;
}

static int link_connect(struct ledger_signing_link *link)
{
    const struct timeval wait = {.tv_sec = LEDGER_SIGNING_WAIT_S};
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return errno;
    if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait) != 0 ||
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait) != 0 ||
        connect(fd, (const struct sockaddr *)&link->address, sizeof link->address) != 0) {
        int code = errno;
        close(fd);
        return code;
    }
    link->fd = fd;
    return 0;
}

/* One question over the connection that there is, or a new one; 0 or an errno. */
static int exchange(struct ledger_signing_link *link, struct base_bytes question, uint8_t *answer,
                    size_t *out_len)
{
    int code = link->fd < 0 ? link_connect(link) : 0;
    ssize_t len = -1;
    if (code == 0) {
        do
            len = send(link->fd, question.data, question.len, MSG_NOSIGNAL);
        while (len < 0 && errno == EINTR);
        if (len >= 0)
            do
                len = recv(link->fd, answer, LEDGER_SIGNING_MESSAGE_LEN_MAX, MSG_TRUNC);
            while (len < 0 && errno == EINTR);
        code = len < 0 ? errno : len == 0 ? ECONNRESET : 0;
    }
    if (code != 0) {
        ledger_signing_link_close(link);
        return code;
    }
    *out_len = (size_t)len;
    return 0;
}

/* What an answer says: 0 and its note, or why there is none. */
static int answer_read(struct base_bytes bytes, struct base_bytes *out_note, struct base_err *err)
{
    enum ledger_signing_answer answer;
    struct base_bytes text;
    int fault = ledger_signing_answer_parse(bytes, &answer, &text, err);
    if (fault != 0)
        return fault;
    if (answer == LEDGER_SIGNING_SIGNED) {
        *out_note = text;
        return 0;
    }
    return BASE_FAIL(err, answer == LEDGER_SIGNING_UNABLE ? BASE_E_MISSING : BASE_E_STATE,
                     "the signer does not sign: %.*s", (int)text.len, (const char *)text.data);
}

int ledger_signing_ask(struct ledger_signing_link *link,
                       const struct ledger_signing_request *request,
                       const struct ledger_note_key *key, struct ledger_checkpoint *out_checkpoint,
                       struct base_buf *out_note, struct base_err *err)
{
    struct base_buf BASE_CLEANUP(base_buf_release) question = {0};
    uint8_t answer[LEDGER_SIGNING_MESSAGE_LEN_MAX];
    struct base_bytes note;
    size_t len = 0;
    bool was_connected = link->fd >= 0;
    int fault = ledger_signing_request_put(request, &question, err);
    if (fault != 0)
        return fault;
    int code = exchange(link, base_buf_bytes(&question), answer, &len);
    if (code != 0 && was_connected && code != EAGAIN)
        code = exchange(link, base_buf_bytes(&question), answer, &len);
    if (code != 0)
        return BASE_FAIL(err, BASE_E_MISSING, "the signer at %s does not answer: %s",
                         link->address.sun_path, strerror(code));
    if (len > sizeof answer)
        return BASE_FAIL(err, BASE_E_FORMAT, "an answer of %zu bytes is no signer's", len);
    fault = answer_read(base_bytes_of(answer, len), &note, err);
    if (fault == 0)
        fault = ledger_checkpoint_open(note, key, out_checkpoint, err);
    if (fault == 0 && out_note != NULL) {
        base_buf_put_bytes(out_note, note);
        if (out_note->failed)
            fault = BASE_FAIL(err, BASE_E_MEMORY, "the signer's note");
    }
    return fault == 0 ? 0 : base_err_wrap(err, fault, "%s", link->address.sun_path);
}
