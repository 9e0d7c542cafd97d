/* Whatever is typed or scanned as an envelope's page is read or refused; what is read prints itself
 * again. */
#include "tests/fuzz/fuzz.h"
#include "tools/common/envelope.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct tool_envelope envelope;
    struct tool_envelope again;
    struct base_err err = {0};
    struct base_buf BASE_CLEANUP(base_buf_release) page = {0};
    char text[16384];
    if (len >= sizeof text)
        return 0;
    memcpy(text, data, len);
    text[len] = '\0';
    if (tool_envelope_of_page(text, &envelope, &err) != 0)
        return 0;
    for (unsigned i = 1; i <= TOOL_ENVELOPE_LINE_COUNT; i++) {
        char line[TOOL_ENVELOPE_LINE_TEXT_LEN + 1];
        tool_envelope_line(&envelope, i, line);
        base_buf_printf(&page, "%u   %s\n", i, line);
    }
    FUZZ_CHECK(tool_envelope_of_page(base_buf_text(&page), &again, &err) == 0);
    FUZZ_CHECK(memcmp(&envelope, &again, sizeof again) == 0);
    return 0;
}
