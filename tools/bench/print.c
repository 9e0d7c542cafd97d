/* What was measured, and on what machine. */
#include <lmdb.h>
#include <openssl/crypto.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "tools/bench/bench.h"
#include "tools/common/json.h"

static void processor_name(char *out, size_t size)
{
    char line[512];
    FILE *file = fopen("/proc/cpuinfo", "re");
    snprintf(out, size, "unknown");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        const char *colon = strchr(line, ':');
        if (strncmp(line, "model name", 10) != 0 || colon == NULL)
            continue;
        snprintf(out, size, "%.*s", (int)strcspn(colon + 2, "\n"), colon + 2);
        break;
    }
    if (file != NULL)
        fclose(file);
}

static const char *file_system_name(const char *dir)
{
    static const struct {
        unsigned long magic;
        const char *name;
    } known[] = {{0xef53, "ext4"},
                 {0x58465342, "xfs"},
                 {0x9123683e, "btrfs"},
                 {0x01021994, "tmpfs"},
                 {0x794c7630, "overlay"}};
    struct statfs fs;
    if (statfs(dir, &fs) != 0)
        return "unknown";
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if ((unsigned long)fs.f_type == known[i].magic)
            return known[i].name;
    return "other";
}

static const char *unit_name(enum bench_unit unit)
{
    return unit == BENCH_CPU ? "cpu" : "wall";
}

void bench_print_text(const struct bench *bench, const struct bench_run *run)
{
    printf("%s: %s\n\n%-26s %-22s %10s %10s   %-22s %10s %10s %8s %8s\n", bench->name,
           bench->summary, "case", "ours", "CPU ns", "wall ns", "rival", "CPU ns", "wall ns",
           "ratio", "target");
    for (unsigned i = 0; i < run->case_count; i++) {
        const struct bench_case *c = &run->cases[i];
        printf("%-26s %-22s %10.0f %10.0f", c->name, c->ours_name, c->ours.cpu_ns, c->ours.wall_ns);
        if (c->rival_name[0] != '\0')
            printf("   %-22s %10.0f %10.0f %7.2fx", c->rival_name, c->rival.cpu_ns,
                   c->rival.wall_ns, c->ratio);
        if (c->target > 0)
            printf(" %7.2fx%s", c->target, c->ratio >= c->target ? "" : "  MISSED");
        printf("\n");
    }
    printf("\nAn operation's median; a ratio above 1 is in our favour (%s).\n",
           run->case_count == 0 ? "cpu" : unit_name(run->cases[0].unit));
    for (unsigned i = 0; i < run->note_count; i++)
        printf("%s\n", run->notes[i]);
}

static void put_figure(struct base_buf *out, const char *name, const char *who,
                       const struct bench_figure *figure)
{
    base_buf_printf(out, ", \"%s\": {\"name\": ", name);
    tool_json_put_text(out, who);
    base_buf_printf(out, ", \"cpu_ns\": %.1f, \"wall_ns\": %.1f}", figure->cpu_ns, figure->wall_ns);
}

static void put_machine(struct base_buf *out, const char *dir)
{
    struct utsname name = {0};
    char processor[256];
    processor_name(processor, sizeof processor);
    uname(&name);
    base_buf_put_str(out, "{\"processor\": ");
    tool_json_put_text(out, processor);
    base_buf_printf(out, ", \"cores\": %ld, \"system\": ", sysconf(_SC_NPROCESSORS_ONLN));
    tool_json_put_text(out, name.sysname);
    base_buf_put_str(out, ", \"release\": ");
    tool_json_put_text(out, name.release);
    base_buf_put_str(out, ", \"file_system\": ");
    tool_json_put_text(out, file_system_name(dir));
    base_buf_put_str(out, ", \"compiler\": ");
    tool_json_put_text(out, __VERSION__);
    base_buf_printf(out, ", \"libsodium\": \"%s\", \"lmdb\": \"%d.%d.%d\", \"sqlite\": \"%s\"",
                    sodium_version_string(), MDB_VERSION_MAJOR, MDB_VERSION_MINOR,
                    MDB_VERSION_PATCH, sqlite3_libversion());
    base_buf_put_str(out, ", \"openssl\": ");
    tool_json_put_text(out, OpenSSL_version(OPENSSL_VERSION));
    base_buf_put_str(out, "}");
}

void bench_print_json(const struct bench *bench, const struct bench_run *run)
{
    struct base_buf BASE_CLEANUP(base_buf_release) out = {0};
    base_buf_printf(&out, "{\"bench\": \"%s\", \"machine\": ", bench->name);
    put_machine(&out, run->dir);
    base_buf_printf(&out, ", \"seconds\": %.2f,\n \"cases\": [", run->seconds);
    for (unsigned i = 0; i < run->case_count; i++) {
        const struct bench_case *c = &run->cases[i];
        base_buf_put_str(&out, i == 0 ? "\n  {\"name\": " : ",\n  {\"name\": ");
        tool_json_put_text(&out, c->name);
        base_buf_printf(&out, ", \"rounds\": %u", c->round_count);
        put_figure(&out, "ours", c->ours_name, &c->ours);
        if (c->rival_name[0] != '\0') {
            put_figure(&out, "rival", c->rival_name, &c->rival);
            base_buf_printf(&out, ", \"unit\": \"%s\", \"ratio\": %.3f", unit_name(c->unit),
                            c->ratio);
        }
        if (c->target > 0)
            base_buf_printf(&out, ", \"target\": %.2f, \"met\": %s", c->target,
                            c->ratio >= c->target ? "true" : "false");
        base_buf_put_str(&out, "}");
    }
    base_buf_put_str(&out, "\n ],\n \"notes\": [");
    for (unsigned i = 0; i < run->note_count; i++) {
        base_buf_put_str(&out, i == 0 ? "\n  " : ",\n  ");
        tool_json_put_text(&out, run->notes[i]);
    }
    base_buf_put_str(&out, "]}\n");
    const char *text = base_buf_text(&out);
    fputs(text == NULL ? "{}\n" : text, stdout);
}
