/* A walk over LMDB's pages (format of 0.9, little-endian, 64 bits; lmdb.h says none of it, so it is
 * written down here as far as it is needed).
 *
 * page: number (8) · pad (2) · flags (2) · lower (2) · upper (2) · places of nodes (2 each) … room
 * … nodes. Of a run of overflow pages only the first has a header, with the count (4) in the place
 * of lower and upper.
 *
 * node: lo (2) · hi (2) · flags (2) · length of the key (2) · key · data. In a leaf lo and hi are
 * the data's length; in a branch lo, hi and flags are the number of the page below.
 *
 * tree: pad (4) · flags (2) · depth (2) · branches (8) · leaves (8) · overflow pages (8) · pairs
 * (8) · root (8)
 *
 * meta: after the page's first 16 bytes magic (4) · version (4) · address (8) · map (8) · tree of
 * free pages · main tree, whose values may be trees · last page (8) · transaction (8)
 *
 * Many values of one key, all of one length: one of them lies in its node as ever; some in a page
 * within the node; more in a tree of their own, whose keys they are. Both sorts of leaf are packed:
 * pad is the length of a value, and the values lie one behind the other where places of nodes would
 * be, though lower and upper move as if there were nodes. Pairs of the tree above count all values.
 *
 * What can fail: memory and reading, as ever; everything else is a finding. */
#include "ledger/pages.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD_LEN 16u
#define NODE_LEN 8u
#define TREE_LEN 48u
#define META_MAGIC_AT 16u
#define META_FREE_AT 40u
#define META_MAIN_AT 88u
#define META_LAST_AT 136u
#define META_TXN_AT 144u
#define META_PAGE_COUNT 2u
#define PLACE_LEN 2u /* of a node in its page */
#define MAGIC 0xBEEFC0DEu
#define PAGE_BRANCH 0x01u
#define PAGE_LEAF 0x02u
#define PAGE_OVERFLOW 0x04u
#define PAGE_DIRTY 0x10u /* stays in a page within a node */
#define PAGE_PACKED 0x20u
#define PAGE_IN_NODE 0x40u
#define NODE_BIG 0x01u
#define NODE_TREE 0x02u
#define NODE_MANY 0x04u
#define TREE_OF_MANY 0x14u   /* sorted values, all of one length */
#define TREE_OF_VALUES 0x10u /* of one of its keys */
#define TREES_DEEP 3u        /* main, a database, values of a key */
#define KEY_LEN_MAX 511u
#define DEPTH_MAX 32u
#define NO_ROOT UINT64_MAX
#define META_TRIES 16u

struct tree {
    uint32_t pad;
    uint16_t flags, depth;
    uint64_t branches, leaves, overflows, pairs, root;
};

enum nature { FREE_LIST, MAIN, DATABASE, MANY, VALUES };

struct walk {
    int fd;
    uint32_t page_len;
    uint64_t last;   /* page */
    uint8_t *met;    /* a bit a page */
    uint8_t *levels; /* a page for each level of all trees that may be walked at once */
    enum nature nature;
    uint32_t value_len; /* in a tree of values */
    struct tree counted;
    struct base_err *err;
};

struct node {
    struct base_bytes key;
    uint16_t flags;
    uint64_t number; /* of a branch: the page below; of a leaf: the data's length */
    const uint8_t *data;
    size_t len; /* of all of it in the page, rounded up */
};

static uint16_t get16(const uint8_t *at)
{
    return (uint16_t)(at[0] | at[1] << 8);
}

static uint32_t get32(const uint8_t *at)
{
    return (uint32_t)get16(at) | (uint32_t)get16(at + 2) << 16;
}

static uint64_t get64(const uint8_t *at)
{
    return (uint64_t)get32(at) | (uint64_t)get32(at + 4) << 32;
}

static int damaged(struct walk *walk, uint64_t page, const char *why)
{
    return BASE_FAIL(walk->err, BASE_E_CORRUPT, "the database's pages are damaged: page %llu: %s",
                     (unsigned long long)page, why);
}

static int page_read(struct walk *walk, uint64_t page, uint8_t *out)
{
    ssize_t got = pread(walk->fd, out, walk->page_len, (off_t)(page * walk->page_len));
    if (got < 0)
        return BASE_FAIL(walk->err, BASE_E_IO, "reading page %llu: %s", (unsigned long long)page,
                         strerror(errno));
    return (size_t)got == walk->page_len ? 0 : damaged(walk, page, "the file ends before it");
}

/* Notes pages as met; each may be met once. */
static int pages_meet(struct walk *walk, uint64_t first, uint64_t count)
{
    if (first < META_PAGE_COUNT || first > walk->last || count > walk->last - first + 1)
        return damaged(walk, first, "there is no such page");
    for (uint64_t page = first; page < first + count; page++) {
        uint8_t bit = (uint8_t)(1u << page % 8);
        if ((walk->met[page / 8] & bit) != 0)
            return damaged(walk, page, "it is in two places");
        walk->met[page / 8] |= bit;
    }
    return 0;
}

static struct tree tree_at(const uint8_t *at)
{
    return (struct tree){.pad = get32(at),
                         .flags = get16(at + 4),
                         .depth = get16(at + 6),
                         .branches = get64(at + 8),
                         .leaves = get64(at + 16),
                         .overflows = get64(at + 24),
                         .pairs = get64(at + 32),
                         .root = get64(at + 40)};
}

static int keys_compare(const struct walk *walk, struct base_bytes a, struct base_bytes b)
{
    if (walk->nature == FREE_LIST) { /* transactions' numbers */
        uint64_t x = get64(a.data);
        uint64_t y = get64(b.data);
        return x < y ? -1 : x > y;
    }
    int order = memcmp(a.data, b.data, a.len < b.len ? a.len : b.len);
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

/* Takes a node apart; false when it does not lie in its page. */
static bool node_at(const struct walk *walk, const uint8_t *page, unsigned i, bool is_leaf,
                    struct node *out)
{
    uint32_t at = get16(page + HEAD_LEN + 2 * i);
    uint32_t upper = get16(page + 14);
    if (at < upper || at % 2 != 0 || at + NODE_LEN > walk->page_len)
        return false;
    const uint8_t *node = page + at;
    uint32_t room = walk->page_len - at - NODE_LEN;
    uint32_t key_len = get16(node + 6);
    if (key_len > room || key_len > KEY_LEN_MAX)
        return false;
    out->key = base_bytes_of(node + NODE_LEN, key_len);
    out->flags = is_leaf ? get16(node + 4) : 0;
    out->data = node + NODE_LEN + key_len;
    out->number = get32(node);
    uint64_t data_len = 0;
    if (!is_leaf)
        out->number |= (uint64_t)get16(node + 4) << 32;
    else
        data_len = (out->flags & NODE_BIG) != 0 ? 8 : out->number;
    if (data_len > room - key_len)
        return false;
    out->len = (NODE_LEN + key_len + (size_t)data_len + 1) & ~(size_t)1;
    return true;
}

static int page_check(struct walk *walk, const uint8_t *page, uint64_t number, bool is_leaf)
{
    uint32_t lower = get16(page + 12);
    uint32_t upper = get16(page + 14);
    if (get64(page) != number)
        return damaged(walk, number, "it bears another number");
    if (get16(page + 10) != (is_leaf ? PAGE_LEAF : PAGE_BRANCH))
        return damaged(walk, number, is_leaf ? "it is no leaf" : "it is no branch");
    if (lower < HEAD_LEN || lower % 2 != 0 || lower > upper || upper > walk->page_len)
        return damaged(walk, number, "its bounds are none");
    unsigned count = (lower - HEAD_LEN) / 2;
    if (count < (is_leaf || walk->nature == FREE_LIST ? 1u : 2u))
        return damaged(walk, number, "it has too few nodes");
    size_t len = 0;
    for (unsigned i = 0; i < count; i++) {
        struct node node;
        if (!node_at(walk, page, i, is_leaf, &node))
            return damaged(walk, number, "a node does not lie in it");
        len += node.len;
        if (walk->nature == FREE_LIST && node.key.len != 8 && (is_leaf || i > 0))
            return damaged(walk, number, "a key is no transaction's number");
    }
    return len == walk->page_len - upper ? 0 : damaged(walk, number, "its nodes overlap");
}

/* Values one behind the other in `room` bytes after a head: how many; 0 when they do not lie there,
 * or not in order. */
static unsigned packed_count(const uint8_t *page, uint32_t room)
{
    uint32_t len = get16(page + 8);
    uint32_t lower = get16(page + 12);
    uint32_t upper = get16(page + 14);
    if (len == 0 || lower < HEAD_LEN || lower % PLACE_LEN != 0 || upper < lower)
        return 0;
    unsigned count = (lower - HEAD_LEN) / PLACE_LEN;
    if ((uint64_t)count * len + (upper - lower) != room)
        return 0;
    for (unsigned i = 1; i < count; i++) {
        const uint8_t *value = page + HEAD_LEN + (size_t)i * len;
        if (memcmp(value - len, value, len) >= 0)
            return 0;
    }
    return count;
}

/* A leaf of values, which lie from `from` on and before `until`. */
static int values_page_check(struct walk *walk, const uint8_t *page, uint64_t number,
                             struct base_bytes from, struct base_bytes until)
{
    if (get64(page) != number)
        return damaged(walk, number, "it bears another number");
    if (get16(page + 10) != (PAGE_LEAF | PAGE_PACKED) || get16(page + 8) != walk->value_len)
        return damaged(walk, number, "it is no leaf of values");
    unsigned count = packed_count(page, walk->page_len - HEAD_LEN);
    if (count == 0)
        return damaged(walk, number, "its values do not lie in it");
    const uint8_t *values = page + HEAD_LEN;
    struct base_bytes first = base_bytes_of(values, walk->value_len);
    struct base_bytes last =
        base_bytes_of(values + (size_t)(count - 1) * walk->value_len, walk->value_len);
    if ((from.len > 0 && keys_compare(walk, from, first) > 0) ||
        (until.len > 0 && keys_compare(walk, last, until) >= 0))
        return damaged(walk, number, "its values are not in order");
    walk->counted.leaves++;
    walk->counted.pairs += count;
    return 0;
}

/* Data of their own pages. */
static int big_check(struct walk *walk, uint64_t owner, const struct node *node)
{
    uint8_t head[HEAD_LEN];
    uint64_t first = get64(node->data);
    uint64_t count = (HEAD_LEN - 1 + node->number) / walk->page_len + 1;
    int fault = pages_meet(walk, first, count);
    if (fault != 0)
        return fault;
    if (pread(walk->fd, head, sizeof head, (off_t)(first * walk->page_len)) != sizeof head)
        return damaged(walk, first, "it cannot be read");
    if (get64(head) != first || get16(head + 10) != PAGE_OVERFLOW || get32(head + 12) != count)
        return damaged(walk, owner, "long data are not where it says");
    walk->counted.overflows += count;
    return 0;
}

static int tree_walk(struct walk *walk, const struct tree *tree, enum nature nature,
                     uint8_t *levels);

/* A list of free pages: how many, then their numbers, the greatest first. */
static int free_list_check(struct walk *walk, uint64_t owner, const struct node *node)
{
    int fault = 0;
    uint8_t *list = malloc(node->number + 1);
    if (list == NULL)
        return BASE_FAIL(walk->err, BASE_E_MEMORY, "a list of free pages");
    uint64_t from = (node->flags & NODE_BIG) != 0 ? get64(node->data) : 0;
    if ((node->flags & NODE_BIG) == 0)
        memcpy(list, node->data, node->number);
    else if (pread(walk->fd, list, node->number, (off_t)(from * walk->page_len + HEAD_LEN)) !=
             (ssize_t)node->number)
        fault = damaged(walk, from, "it cannot be read");
    if (fault == 0 && (node->number < 8 || get64(list) > node->number / 8 - 1))
        fault = damaged(walk, owner, "a list of free pages is longer than it can be");
    uint64_t count = fault == 0 ? get64(list) : 0;
    for (uint64_t i = 1; fault == 0 && i <= count; i++)
        fault = pages_meet(walk, get64(list + 8 * i), 1);
    free(list);
    return fault;
}

/* May a leaf of that nature have such a node? */
static bool node_is_known(enum nature nature, const struct node *node)
{
    if ((node->flags & NODE_TREE) != 0 && node->number != TREE_LEN)
        return false;
    if (nature == MANY)
        return node->flags == 0 || node->flags == NODE_MANY ||
               node->flags == (NODE_MANY | NODE_TREE);
    return node->flags == 0 || node->flags == NODE_BIG ||
           (nature == MAIN && node->flags == NODE_TREE);
}

/* The values of a key that has more than one. */
static int many_check(struct walk *walk, uint64_t page, const struct node *node, uint8_t *levels)
{
    uint64_t count;
    if ((node->flags & NODE_TREE) != 0) {
        struct tree below = tree_at(node->data);
        int fault = tree_walk(walk, &below, VALUES, levels + (size_t)DEPTH_MAX * walk->page_len);
        if (fault != 0)
            return fault;
        count = below.pairs;
    } else {
        bool fits = node->number >= HEAD_LEN && (get16(node->data + 10) & ~PAGE_DIRTY) ==
                                                    (PAGE_LEAF | PAGE_PACKED | PAGE_IN_NODE);
        count = fits ? packed_count(node->data, (uint32_t)node->number - HEAD_LEN) : 0;
    }
    if (count == 0)
        return damaged(walk, page, "the values of a key do not lie in its node");
    walk->counted.pairs += count;
    return 0;
}

static int leaf_node_check(struct walk *walk, uint64_t page, const struct node *node,
                           uint8_t *levels)
{
    int fault = 0;
    if (node->key.len == 0)
        return damaged(walk, page, "a key is empty");
    if (!node_is_known(walk->nature, node))
        return damaged(walk, page, "a node is of no known kind");
    if ((node->flags & NODE_MANY) != 0)
        return many_check(walk, page, node, levels);
    walk->counted.pairs++;
    if ((node->flags & NODE_BIG) != 0)
        fault = big_check(walk, page, node);
    if (fault == 0 && walk->nature == FREE_LIST)
        fault = free_list_check(walk, page, node);
    if (fault == 0 && (node->flags & NODE_TREE) != 0) {
        struct tree below = tree_at(node->data);
        fault = tree_walk(walk, &below, below.flags == TREE_OF_MANY ? MANY : DATABASE,
                          levels + (size_t)DEPTH_MAX * walk->page_len);
    }
    return fault;
}

/* A page and all below it. Its keys lie from `from` on and before `until`; empty: no bound. */
static int page_walk(struct walk *walk, uint64_t number, unsigned height, struct base_bytes from,
                     struct base_bytes until, uint8_t *levels)
{
    uint8_t *page = levels + (size_t)height * walk->page_len;
    bool is_leaf = height == 0;
    int fault = pages_meet(walk, number, 1);
    if (fault == 0)
        fault = page_read(walk, number, page);
    if (fault == 0 && is_leaf && walk->nature == VALUES)
        return values_page_check(walk, page, number, from, until);
    if (fault == 0)
        fault = page_check(walk, page, number, is_leaf);
    if (fault != 0)
        return fault;
    unsigned count = (get16(page + 12) - HEAD_LEN) / 2;
    *(is_leaf ? &walk->counted.leaves : &walk->counted.branches) += 1;
    struct base_bytes last = from;
    for (unsigned i = 0; fault == 0 && i < count; i++) {
        struct node node = {0};
        struct node next = {0};
        (void)node_at(walk, page, i, is_leaf, &node);
        /* A branch's first key says nothing. */
        struct base_bytes key = is_leaf || i > 0 ? node.key : from;
        int order = last.len == 0 || key.len == 0 ? -1 : keys_compare(walk, last, key);
        bool first = i == 0;
        if ((first ? order > 0 : order >= 0) ||
            (until.len > 0 && key.len > 0 && keys_compare(walk, key, until) >= 0))
            return damaged(walk, number, "its keys are not in order");
        last = key;
        if (is_leaf) {
            fault = leaf_node_check(walk, number, &node, levels);
            continue;
        }
        if (i > 0 && key.len == 0)
            return damaged(walk, number, "a key is empty");
        if (i + 1 < count)
            (void)node_at(walk, page, i + 1, false, &next);
        fault =
            page_walk(walk, node.number, height - 1, key, i + 1 < count ? next.key : until, levels);
    }
    return fault;
}

static bool flags_are_of(enum nature nature, uint16_t flags)
{
    return nature == FREE_LIST || flags == (nature == MANY     ? TREE_OF_MANY
                                            : nature == VALUES ? TREE_OF_VALUES
                                                               : 0);
}

static int tree_walk(struct walk *walk, const struct tree *tree, enum nature nature,
                     uint8_t *levels)
{
    const struct base_bytes none = {0};
    struct tree counted_above = walk->counted;
    enum nature nature_above = walk->nature;
    int fault = 0;
    walk->counted = (struct tree){0};
    walk->nature = nature;
    walk->value_len = tree->pad;
    if (tree->root != NO_ROOT && (tree->depth == 0 || tree->depth > DEPTH_MAX))
        fault = damaged(walk, tree->root, "its tree has no such depth");
    if (fault == 0 && !flags_are_of(nature, tree->flags))
        fault = damaged(walk, tree->root, "its tree is of another kind");
    if (fault == 0 && tree->root != NO_ROOT)
        fault = page_walk(walk, tree->root, tree->depth - 1u, none, none, levels);
    if (fault == 0 &&
        (walk->counted.branches != tree->branches || walk->counted.leaves != tree->leaves ||
         walk->counted.overflows != tree->overflows || walk->counted.pairs != tree->pairs))
        fault = damaged(walk, tree->root, "its tree has not what it says");
    walk->counted = counted_above;
    walk->nature = nature_above;
    return fault;
}

/* The meta page of the transaction; false when neither is it (any more). */
static bool meta_read(struct walk *walk, uint64_t txn_id, uint8_t *out)
{
    for (uint64_t page = 0; page < META_PAGE_COUNT; page++)
        if (page_read(walk, page, out) == 0 && get32(out + META_MAGIC_AT) == MAGIC &&
            get64(out + META_TXN_AT) == txn_id)
            return true;
    return false;
}

static int trees_walk(struct walk *walk, const uint8_t *meta)
{
    struct tree main_tree = tree_at(meta + META_MAIN_AT);
    struct tree free_tree = tree_at(meta + META_FREE_AT);
    walk->last = get64(meta + META_LAST_AT);
    walk->met = calloc(walk->last / 8 + 1, 1);
    walk->levels = malloc((size_t)TREES_DEEP * DEPTH_MAX * walk->page_len);
    if (walk->met == NULL || walk->levels == NULL)
        return BASE_FAIL(walk->err, BASE_E_MEMORY, "looking at pages");
    int fault = tree_walk(walk, &main_tree, MAIN, walk->levels);
    return fault != 0 ? fault : tree_walk(walk, &free_tree, FREE_LIST, walk->levels);
}

int ledger_pages_fit(MDB_env *env, struct base_err *err)
{
    MDB_envinfo info;
    MDB_stat stat;
    struct stat file = {0};
    int fd;
    int code = mdb_env_info(env, &info);
    if (code == 0)
        code = mdb_env_stat(env, &stat);
    if (code == 0)
        code = mdb_env_get_fd(env, &fd);
    if (code == 0 && fstat(fd, &file) != 0)
        code = errno;
    if (code != 0)
        return BASE_FAIL(err, BASE_E_IO, "how long the database is: %s", mdb_strerror(code));
    if ((uint64_t)file.st_size / stat.ms_psize <= info.me_last_pgno)
        return BASE_FAIL(err, BASE_E_CORRUPT,
                         "data.mdb is cut short: it has %llu bytes, and its page %llu is in use",
                         (unsigned long long)file.st_size, (unsigned long long)info.me_last_pgno);
    return 0;
}

int ledger_pages_check(MDB_env *env, struct base_err *err)
{
    struct walk walk = {.err = err};
    MDB_txn *txn = NULL;
    MDB_stat stat;
    bool found = false;
    int fault = 0;
    int code = mdb_env_stat(env, &stat);
    if (code == 0)
        code = mdb_env_get_fd(env, &walk.fd);
    uint8_t *meta = code == 0 ? malloc(stat.ms_psize) : NULL;
    if (code == 0 && meta == NULL)
        code = ENOMEM;
    walk.page_len = code == 0 ? stat.ms_psize : 0;
    /* A writer may replace the page in the moment between. */
    for (unsigned i = 0; code == 0 && fault == 0 && !found && i < META_TRIES; i++) {
        if (txn != NULL)
            mdb_txn_abort(txn);
        txn = NULL;
        code = mdb_txn_begin(env, NULL, MDB_RDONLY, &txn);
        if (code == 0)
            found = meta_read(&walk, mdb_txn_id(txn), meta);
    }
    if (code != 0)
        fault = BASE_FAIL(err, code == ENOMEM ? BASE_E_MEMORY : BASE_E_IO, "looking at pages: %s",
                          mdb_strerror(code));
    else if (!found)
        fault = damaged(&walk, 0, "neither of the first two names the trees");
    else
        fault = trees_walk(&walk, meta);
    if (txn != NULL)
        mdb_txn_abort(txn);
    free(walk.met);
    free(walk.levels);
    free(meta);
    return fault;
}
