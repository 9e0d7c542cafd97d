/* libcurl speaks SMTP: it pulls the message by a callback, and sends the final dot when that
 * answers with the end. So the callback's end is the moment before which "handing" is written. */
#include "net/mail.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "net/limits.h"
#include "net/log.h"

#define LINE_LEN 76u
#define WORD_BYTES 45u /* of UTF-8 in one encoded word: 60 characters of base64 */

struct net_carrier {
    const struct net_messaging *messaging;
    atomic_bool *closing;
    CURL *mail, *sms;
};

bool net_is_address(const char *text)
{
    const char *at = strchr(text, '@');
    size_t len = strlen(text);
    if (at == NULL || at == text || at[1] == '\0' || strchr(at + 1, '@') != NULL || len > 254)
        return false;
    for (size_t i = 0; i < len; i++) /* no blank, no control byte, nothing that ends an address */
        if (text[i] <= ' ' || text[i] > '~' || strchr("<>()[],;:\\\"", text[i]) != NULL)
            return false;
    return true;
}

bool net_is_phone(const char *text)
{
    size_t len = strlen(text);
    size_t first = text[0] == '+' ? 1 : 0;
    return len >= first + 7 && len <= first + 15 &&
           strspn(text + first, "0123456789") == len - first;
}

/* Writing a message */

/* RFC 2047, cut between characters. */
static void put_encoded(struct base_buf *out, const char *text)
{
    size_t len = strlen(text);
    size_t at = 0;
    do {
        size_t n = len - at < WORD_BYTES ? len - at : WORD_BYTES;
        while (n > 0 && at + n < len && ((unsigned char)text[at + n] & 0xc0) == 0x80)
            n--;
        base_buf_put_str(out, at > 0 ? "\r\n =?UTF-8?B?" : "=?UTF-8?B?");
        base_buf_put_base64(out, base_bytes_of(text + at, n));
        base_buf_put_str(out, "?=");
        at += n;
    } while (at < len);
}

static void put_body(struct base_buf *out, struct base_bytes text)
{
    struct base_buf BASE_CLEANUP(base_buf_wipe) crlf = {0};
    struct base_buf BASE_CLEANUP(base_buf_wipe) encoded = {0};
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '\n')
            base_buf_put_u8(&crlf, '\r');
        base_buf_put_u8(&crlf, text.data[i]);
    }
    base_buf_put_base64(&encoded, base_buf_bytes(&crlf));
    for (size_t at = 0; at < encoded.len; at += LINE_LEN) {
        size_t n = encoded.len - at < LINE_LEN ? encoded.len - at : LINE_LEN;
        base_buf_put(out, encoded.data + at, n);
        base_buf_put_str(out, "\r\n");
    }
}

/* Names of days and months are the format's, not the locale's. */
static void put_date(struct base_buf *out, base_time_ms now_ms)
{
    static const char days[][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t seconds = (time_t)(now_ms / 1000);
    struct tm t;
    gmtime_r(&seconds, &t);
    base_buf_printf(out, "Date: %s, %02d %s %d %02d:%02d:%02d +0000\r\n", days[t.tm_wday],
                    t.tm_mday, months[t.tm_mon], t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
}

void net_mail_put(const struct net_messaging *messaging, const struct net_letter *letter,
                  struct base_buf *out)
{
    put_date(out, letter->now_ms);
    base_buf_put_str(out, "From: ");
    put_encoded(out, letter->school);
    base_buf_printf(out, " <%s>\r\nTo: <%s>\r\nMessage-ID: <%s@%s>\r\nSubject: ", messaging->from,
                    letter->to, letter->id, strchr(messaging->from, '@') + 1);
    put_encoded(out, letter->subject);
    base_buf_put_str(out, "\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
                          "Content-Type: text/plain; charset=utf-8\r\n"
                          "Content-Transfer-Encoding: base64\r\n\r\n");
    put_body(out, letter->text);
}

/* Templates */

static void put_url(struct base_buf *out, struct base_bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '-' || c == '_' || c == '.' || c == '~';
        base_buf_printf(out, plain ? "%c" : "%%%02X", c);
    }
}

static void put_json(struct base_buf *out, struct base_bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        if (c == '"' || c == '\\')
            base_buf_printf(out, "\\%c", c);
        else if (c < ' ')
            base_buf_printf(out, "\\u%04x", c);
        else
            base_buf_put_u8(out, c);
    }
}

void net_sms_put(const char *template, enum net_escape escape, const struct net_letter *letter,
                 struct base_buf *out)
{
    const struct {
        const char *name;
        struct base_bytes value;
    } places[] = {{"{phone}", base_bytes_str(letter->to)},
                  {"{text}", letter->text},
                  {"{id}", base_bytes_str(letter->id)}};
    while (*template != '\0') {
        size_t i = 0;
        while (i < 3 && strncmp(template, places[i].name, strlen(places[i].name)) != 0)
            i++;
        if (i == 3) {
            base_buf_put_u8(out, (uint8_t) * template ++);
            continue;
        }
        (escape == NET_ESCAPE_URL ? put_url : put_json)(out, places[i].value);
        template += strlen(places[i].name);
    }
}

/* Sending */

static int on_progress(void *data, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    (void)a, (void)b, (void)c, (void)d;
    return atomic_load((atomic_bool *)data) ? 1 : 0;
}

/* libcurl says what it takes. NOLINTNEXTLINE(readability-non-const-parameter) */
static size_t swallow(char *bytes, size_t size, size_t count, void *data)
{
    (void)bytes, (void)data;
    return size * count;
}

static CURL *curl_make(const struct net_messaging *messaging, atomic_bool *closing)
{
    CURL *curl = curl_easy_init();
    if (curl == NULL)
        return NULL;
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)NET_MESSAGE_CONNECT_MS_MAX);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)NET_MESSAGE_ANSWER_MS_MAX);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(curl, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
    if (messaging->ca[0] != '\0')
        curl_easy_setopt(curl, CURLOPT_CAINFO, messaging->ca);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, closing);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, swallow);
    return curl;
}

int net_carrier_new(const struct net_messaging *messaging, atomic_bool *closing,
                    struct net_carrier **out_carrier, struct base_err *err)
{
    struct net_carrier *carrier = calloc(1, sizeof *carrier);
    if (carrier == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "carrier");
    carrier->messaging = messaging;
    carrier->closing = closing;
    carrier->mail = curl_make(messaging, closing);
    carrier->sms = curl_make(messaging, closing);
    if (carrier->mail == NULL || carrier->sms == NULL) {
        net_carrier_free(carrier);
        return BASE_FAIL(err, BASE_E_MEMORY, "carrier");
    }
    *out_carrier = carrier;
    return 0;
}

void net_carrier_free(struct net_carrier *carrier)
{
    if (carrier == NULL)
        return;
    curl_easy_cleanup(carrier->mail);
    curl_easy_cleanup(carrier->sms);
    free(carrier);
}

struct upload {
    struct base_bytes bytes;
    size_t at;
    const struct net_letter *letter;
    bool handed;
};

static size_t give(char *out, size_t size, size_t count, void *data)
{
    struct upload *upload = data;
    size_t n = upload->bytes.len - upload->at;
    if (n == 0 && !upload->handed) {
        if (!upload->letter->handing(upload->letter->data))
            return CURL_READFUNC_ABORT;
        upload->handed = true;
    }
    n = n < size * count ? n : size * count;
    memcpy(out, upload->bytes.data + upload->at, n);
    upload->at += n;
    return n;
}

static void tell_failure(const char *way, CURLcode code, long status)
{
    NET_LOG(NET_LOG_WARN, "messages", "not sent", NET_S("way", way), NET_I("status", status),
            NET_S("reason", curl_easy_strerror(code)));
}

enum net_sent net_carrier_mail(struct net_carrier *carrier, const struct net_letter *letter,
                               int64_t *out_status)
{
    const struct net_messaging *messaging = carrier->messaging;
    struct base_buf BASE_CLEANUP(base_buf_wipe) message = {0};
    struct curl_slist recipient = {.data = (char *)(uintptr_t)letter->to};
    struct upload upload = {.letter = letter};
    CURL *curl = carrier->mail;
    long status = 0;
    net_mail_put(messaging, letter, &message);
    *out_status = 0;
    if (message.failed)
        return NET_SENT_LATER;
    upload.bytes = base_buf_bytes(&message);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_URL, messaging->smtp);
    if (messaging->user[0] != '\0') {
        curl_easy_setopt(curl, CURLOPT_USERNAME, messaging->user);
        curl_easy_setopt(curl, CURLOPT_PASSWORD, messaging->password);
    }
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, messaging->from);
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, &recipient);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
    curl_easy_setopt(curl, CURLOPT_READDATA, &upload);
    CURLcode code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, NULL);
    *out_status = status;
    if (code == CURLE_OK)
        return NET_SENT;
    tell_failure("mail", code, status);
    /* What the server says of us (530, 535: log in) is not about the message. */
    if (status >= 500 && status != 530 && status != 535 && code != CURLE_LOGIN_DENIED)
        return NET_SENT_NEVER;
    return upload.handed && (status < 400 || code == CURLE_OPERATION_TIMEDOUT ||
                             code == CURLE_ABORTED_BY_CALLBACK)
               ? NET_SENT_UNSURE
               : NET_SENT_LATER;
}

static struct curl_slist *headers_of(const struct net_messaging *messaging)
{
    char type[160];
    struct curl_slist *headers = NULL;
    if (messaging->sms_body[0] != '\0') {
        snprintf(type, sizeof type, "Content-Type: %s", messaging->sms_type);
        headers = curl_slist_append(headers, type);
    }
    if (messaging->sms_header[0] != '\0')
        headers = curl_slist_append(headers, messaging->sms_header);
    return headers;
}

enum net_sent net_carrier_sms(struct net_carrier *carrier, const struct net_letter *letter,
                              int64_t *out_status)
{
    const struct net_messaging *messaging = carrier->messaging;
    struct base_buf BASE_CLEANUP(base_buf_wipe) url = {0};
    struct base_buf BASE_CLEANUP(base_buf_wipe) body = {0};
    bool is_json = strstr(messaging->sms_type, "json") != NULL;
    CURL *curl = carrier->sms;
    long status = 0;
    net_sms_put(messaging->sms, NET_ESCAPE_URL, letter, &url);
    net_sms_put(messaging->sms_body, is_json ? NET_ESCAPE_JSON : NET_ESCAPE_URL, letter, &body);
    const char *address = base_buf_text(&url);
    *out_status = 0;
    if (address == NULL || body.failed || !letter->handing(letter->data))
        return NET_SENT_LATER;
    struct curl_slist *headers = headers_of(messaging);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
    curl_easy_setopt(curl, CURLOPT_URL, address);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    if (body.len > 0) {
        curl_easy_setopt(curl, CURLOPT_POST, 1L);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, (const char *)body.data);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)body.len);
    } else {
        curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
    }
    CURLcode code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, NULL);
    curl_slist_free_all(headers);
    *out_status = status;
    if (code == CURLE_OK && status >= 200 && status < 300)
        return NET_SENT;
    tell_failure("sms", code, status);
    if (code != CURLE_OK) /* no connection: surely not; later: perhaps */
        return code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST ||
                       code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CONNECT_ERROR
                   ? NET_SENT_LATER
                   : NET_SENT_UNSURE;
    bool about_us = status == 401 || status == 403 || status == 408 || status == 429;
    return status >= 400 && status < 500 && !about_us ? NET_SENT_NEVER : NET_SENT_LATER;
}
