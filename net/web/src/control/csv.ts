// Tables for spreadsheets: semicolons, CRLF and a byte order mark, as Russian Excel opens them.

/** A cell that begins like a formula is text all the same: names and topics are typed by people. */
function field(value: string | number): string {
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value)
  return /[";\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

export const csv = (rows: readonly (readonly (string | number)[])[]): string => '\ufeff' + rows.map((r) => r.map(field).join(';') + '\r\n').join('')

export function saveFile(name: string, text: string | Uint8Array<ArrayBuffer>, type = 'text/csv;charset=utf-8'): void {
  const url = URL.createObjectURL(new Blob([text], { type }))
  const a = document.createElement('a')
  a.href = url
  a.download = name
  a.click()
  setTimeout(() => URL.revokeObjectURL(url), 10000)
}
