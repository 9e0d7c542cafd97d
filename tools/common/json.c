/* Strings of JSON: quotes, backslashes and controls are escaped, all else goes through. */
#include "tools/common/json.h"

void tool_json_put_text(struct base_buf *out, const char *text)
{
    base_buf_put_u8(out, '"');
    for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++) {
        if (*p == '"' || *p == '\\')
            base_buf_printf(out, "\\%c", *p);
        else if (*p < 0x20)
            base_buf_printf(out, "\\u%04x", *p);
        else
            base_buf_put_u8(out, *p);
    }
    base_buf_put_u8(out, '"');
}
