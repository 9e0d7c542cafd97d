/* letopis kinds: the catalogue of events, as the validator has it. */
#include <stdio.h>

#include "projections/kinds.h"
#include "tools/cli/cli.h"

int cli_kinds(int argc, char **argv)
{
    static const char *const known[] = {"--json", NULL};
    unsigned count;
    const struct proj_kind *kinds = proj_kinds(&count);
    struct base_buf BASE_CLEANUP(base_buf_release) json = {0};
    if (!cli_check_options(argc, argv, known))
        return CLI_USAGE;
    if (cli_flag(argc, argv, "--json")) {
        proj_kinds_json(&json);
        fwrite(json.data, 1, json.len, stdout);
        return json.failed ? CLI_FAILED : CLI_DONE;
    }
    for (unsigned i = 0; i < count; i++) {
        printf("%-20s", kinds[i].name);
        for (unsigned f = 0; f < kinds[i].field_count; f++)
            printf(" %s%s", kinds[i].fields[f].name, kinds[i].fields[f].nilable ? "?" : "");
        printf("\n");
    }
    return CLI_DONE;
}
