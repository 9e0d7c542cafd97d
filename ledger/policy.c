/* Policies, read line by line, word by word. Names are looked up when they are used, so a group can
 * only rest on what stands above it and there are no circles. What can fail: the text, which an
 * operator wrote; the fault names the line. */
#include "ledger/policy.h"

#include <assert.h>
#include <stdlib.h>

struct reader {
    struct ledger_policy *policy;
    bool used[LEDGER_POLICY_WITNESS_COUNT_MAX + LEDGER_POLICY_GROUP_COUNT_MAX]; /* as a member */
    bool has_quorum;
    struct base_bytes line; /* what is left of it */
};

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

/* The next word of the line; false at its end. */
static bool word_take(struct reader *reader, struct base_bytes *out_word)
{
    struct base_bytes *line = &reader->line;
    size_t start = 0;
    while (start < line->len && is_blank(line->data[start]))
        start++;
    size_t end = start;
    while (end < line->len && !is_blank(line->data[end]))
        end++;
    if (start == end)
        return false;
    *out_word = base_bytes_of(line->data + start, end - start);
    *line = base_bytes_of(line->data + end, line->len - end);
    return true;
}

static bool word_is(struct base_bytes word, const char *text)
{
    return base_bytes_equal(word, base_bytes_str(text));
}

static bool text_copy(struct base_bytes word, char *out, size_t len_max)
{
    if (word.len > len_max)
        return false;
    memcpy(out, word.data, word.len);
    out[word.len] = '\0';
    return true;
}

/* The number of a witness or group, or LEDGER_POLICY_NONE. */
static uint32_t member_find(const struct ledger_policy *policy, struct base_bytes name)
{
    for (unsigned i = 0; i < policy->witness_count; i++)
        if (word_is(name, policy->witnesses[i].name))
            return i;
    for (unsigned i = 0; i < policy->group_count; i++)
        if (word_is(name, policy->groups[i].name))
            return LEDGER_POLICY_WITNESS_COUNT_MAX + i;
    return LEDGER_POLICY_NONE;
}

static const char *name_take(struct reader *reader, char out[LEDGER_POLICY_NAME_LEN_MAX + 1])
{
    struct base_bytes word;
    if (!word_take(reader, &word) || !text_copy(word, out, LEDGER_POLICY_NAME_LEN_MAX))
        return "a name of at most 200 bytes is needed";
    if (word_is(word, "none") || member_find(reader->policy, word) != LEDGER_POLICY_NONE)
        return "this name is taken";
    return NULL;
}

/* "<vkey> [<url>]" and the end of the line. `out_url` NULL: it is not kept. */
static const char *key_take(struct reader *reader, enum ledger_note_type type,
                            struct ledger_note_key *out_key, char *out_url)
{
    struct base_bytes word;
    if (!word_take(reader, &word) || ledger_vkey_parse(word, out_key, NULL) != 0)
        return "a verifier key (vkey) is needed";
    if (out_key->type != type)
        return type == LEDGER_NOTE_ED25519 ? "a log's key has type 01"
                                           : "a witness's key has type 04";
    if (!word_take(reader, &word))
        return NULL;
    if (word.len > LEDGER_POLICY_URL_LEN_MAX)
        return "the URL is too long";
    if (out_url != NULL)
        (void)text_copy(word, out_url, LEDGER_POLICY_URL_LEN_MAX);
    return word_take(reader, &word) ? "too many words" : NULL;
}

static const char *log_take(struct reader *reader)
{
    struct ledger_policy *policy = reader->policy;
    struct ledger_note_key key = {0};
    if (policy->log_count == LEDGER_POLICY_LOG_COUNT_MAX)
        return "too many logs";
    const char *wrong = key_take(reader, LEDGER_NOTE_ED25519, &key, NULL);
    for (unsigned i = 0; wrong == NULL && i < policy->log_count; i++)
        if (ledger_key_equal(&policy->logs[i].key, &key.key))
            wrong = "a second log with this key";
    if (wrong == NULL)
        policy->logs[policy->log_count++] = key;
    return wrong;
}

static const char *witness_take(struct reader *reader)
{
    struct ledger_policy *policy = reader->policy;
    if (policy->witness_count == LEDGER_POLICY_WITNESS_COUNT_MAX)
        return "too many witnesses";
    struct ledger_policy_witness *witness = &policy->witnesses[policy->witness_count];
    const char *wrong = name_take(reader, witness->name);
    if (wrong == NULL)
        wrong = key_take(reader, LEDGER_NOTE_COSIGNATURE, &witness->key, witness->url);
    for (unsigned i = 0; wrong == NULL && i < policy->witness_count; i++)
        if (ledger_key_equal(&policy->witnesses[i].key.key, &witness->key.key))
            wrong = "a second witness with this key";
    if (wrong == NULL)
        policy->witness_count++;
    return wrong;
}

/* A decimal number from 1 on, without leading zeros. */
static bool count_parse(struct base_bytes word, uint32_t *out_count)
{
    uint32_t count = 0;
    if (word.len == 0 || word.len > 3 || word.data[0] == '0')
        return false;
    for (size_t i = 0; i < word.len; i++) {
        if (word.data[i] < '0' || word.data[i] > '9')
            return false;
        count = count * 10 + (uint32_t)(word.data[i] - '0');
    }
    *out_count = count;
    return true;
}

static const char *members_take(struct reader *reader, struct ledger_policy_group *group)
{
    struct base_bytes word;
    group->member_count = 0;
    while (word_take(reader, &word)) {
        uint32_t member = member_find(reader->policy, word);
        if (member == LEDGER_POLICY_NONE)
            return "a member that no line above names";
        if (reader->used[member])
            return "each name can be a member once";
        reader->used[member] = true;
        group->members[group->member_count++] = member;
    }
    return group->member_count == 0 ? "a group needs a member" : NULL;
}

static const char *group_take(struct reader *reader)
{
    struct ledger_policy *policy = reader->policy;
    struct base_bytes how;
    if (policy->group_count == LEDGER_POLICY_GROUP_COUNT_MAX)
        return "too many groups";
    struct ledger_policy_group *group = &policy->groups[policy->group_count];
    const char *wrong = name_take(reader, group->name);
    if (wrong == NULL && !word_take(reader, &how))
        wrong = "all, any or a number is needed";
    if (wrong == NULL)
        wrong = members_take(reader, group);
    if (wrong != NULL)
        return wrong;
    if (word_is(how, "all"))
        group->threshold = group->member_count;
    else if (word_is(how, "any"))
        group->threshold = 1;
    else if (!count_parse(how, &group->threshold) || group->threshold > group->member_count)
        return "all, any or a number up to the members' is needed";
    policy->group_count++;
    return NULL;
}

static const char *quorum_take(struct reader *reader)
{
    struct base_bytes word;
    struct base_bytes more;
    if (reader->has_quorum)
        return "a second quorum";
    if (!word_take(reader, &word) || word_take(reader, &more))
        return "one name is needed";
    reader->policy->quorum =
        word_is(word, "none") ? LEDGER_POLICY_NONE : member_find(reader->policy, word);
    if (!word_is(word, "none") && reader->policy->quorum == LEDGER_POLICY_NONE)
        return "a name that no line above defines";
    reader->has_quorum = true;
    return NULL;
}

static const char *line_read(struct reader *reader)
{
    struct base_bytes word;
    for (size_t i = 0; i < reader->line.len; i++)
        if ((reader->line.data[i] < 0x20 && reader->line.data[i] != '\t') ||
            reader->line.data[i] == 0x7f)
            return "a control character";
    if (!word_take(reader, &word) || word.data[0] == '#')
        return NULL;
    if (word_is(word, "log"))
        return log_take(reader);
    if (word_is(word, "witness"))
        return witness_take(reader);
    if (word_is(word, "group"))
        return group_take(reader);
    return word_is(word, "quorum") ? quorum_take(reader) : "log, witness, group or quorum expected";
}

int ledger_policy_parse(struct base_bytes text, struct ledger_policy *out_policy,
                        struct base_err *err)
{
    struct reader reader = {.policy = calloc(1, sizeof *reader.policy)};
    const char *wrong = NULL;
    unsigned number = 0;
    if (reader.policy == NULL)
        return BASE_FAIL(err, BASE_E_MEMORY, "a policy");
    if (text.len > LEDGER_POLICY_TEXT_LEN_MAX)
        wrong = "the policy is too long";
    while (wrong == NULL && text.len > 0) {
        const uint8_t *end = memchr(text.data, '\n', text.len);
        number++;
        if (end == NULL) {
            wrong = "the last line does not end";
            break;
        }
        reader.line = base_bytes_of(text.data, (size_t)(end - text.data));
        text = base_bytes_of(end + 1, text.len - reader.line.len - 1);
        wrong = line_read(&reader);
    }
    if (wrong == NULL && !reader.has_quorum)
        wrong = "there is no quorum";
    if (wrong == NULL)
        *out_policy = *reader.policy;
    free(reader.policy);
    return wrong == NULL ? 0 : BASE_FAIL(err, BASE_E_FORMAT, "policy, line %u: %s", number, wrong);
}

void ledger_policy_judge(const struct ledger_policy *policy, const struct ledger_note *note,
                         struct ledger_policy_verdict *out_verdict)
{
    struct ledger_policy_verdict verdict = {0};
    bool met[LEDGER_POLICY_WITNESS_COUNT_MAX + LEDGER_POLICY_GROUP_COUNT_MAX] = {false};
    for (unsigned i = 0; i < policy->witness_count; i++) {
        verdict.held[i] =
            ledger_note_is_signed_by(note, &policy->witnesses[i].key, &verdict.time_s[i]);
        verdict.held_count += verdict.held[i];
        met[i] = verdict.held[i];
    }
    for (unsigned i = 0; i < policy->group_count; i++) {
        const struct ledger_policy_group *group = &policy->groups[i];
        uint32_t count = 0;
        for (uint32_t j = 0; j < group->member_count; j++)
            count += met[group->members[j]];
        met[LEDGER_POLICY_WITNESS_COUNT_MAX + i] = count >= group->threshold;
    }
    verdict.met = policy->quorum == LEDGER_POLICY_NONE || met[policy->quorum];
    *out_verdict = verdict;
}

void ledger_policy_quorum(const struct ledger_policy *policy, unsigned *out_needed,
                          unsigned *out_count)
{
    if (policy->quorum == LEDGER_POLICY_NONE) {
        *out_needed = *out_count = 0;
    } else if (policy->quorum < LEDGER_POLICY_WITNESS_COUNT_MAX) {
        *out_needed = *out_count = 1;
    } else {
        const struct ledger_policy_group *group =
            &policy->groups[policy->quorum - LEDGER_POLICY_WITNESS_COUNT_MAX];
        *out_needed = group->threshold;
        *out_count = group->member_count;
    }
}
