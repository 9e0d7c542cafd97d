// Files with homework (specs/events.md, "Files with homework"): what is signed is the digest, and who
// fetches a file compares. A link leads elsewhere: there the person compares, or trusts.
import { getFile, postFile } from '../api/client'
import type { HomeworkFile, Id } from '../api/types'
import { cleanText } from '../ledger/canon'
import { hex, sha256, unhex } from '../ledger/hash'
import { sign } from './sign'

/** As the server's own limit. */
export const FILE_LEN_MAX = 1 << 20
export const FILES_MAX = 10

const BY_ENDING: Readonly<Record<string, string>> = {
  pdf: 'application/pdf', odt: 'application/vnd.oasis.opendocument.text', pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  mp3: 'audio/mpeg', jpg: 'image/jpeg', jpeg: 'image/jpeg', png: 'image/png', webp: 'image/webp', txt: 'text/plain',
}
/** For the browser's dialog. */
export const ACCEPT = Object.keys(BY_ENDING).map((e) => `.${e}`).join(',')

/** The type by the name's ending; null: not one that the journal takes. */
export const mediaOf = (name: string): string | null => BY_ENDING[/\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? ''] ?? null

/** A name as a folder can hold it. */
export const nameOf = (name: string): string => cleanText(name.replace(/[\\/:*?"<>|\u0000-\u001f]/g, ' ').replace(/\s+/g, ' ')).slice(0, 90)

export class DigestError extends Error {}

/** Keeps the file in the server's store and signs what it is. */
export async function attach(lesson: Id, name: string, media: string, content: Uint8Array<ArrayBuffer>): Promise<void> {
  const digest = sha256(content)
  const kept = await postFile(content)
  if (kept.digest !== hex(digest)) throw new DigestError('the server kept something else')
  await sign('homework.attached', { digest, lesson: unhex(lesson), link: null, media, name: nameOf(name), size: content.length })
}

export const detach = (lesson: Id, file: HomeworkFile): Promise<void> => sign('homework.detached', { digest: unhex(file.digest), lesson: unhex(lesson) })

/** Signs a file that lies elsewhere: the person has chosen it here, so its digest and size are known. */
export const attachLink = (lesson: Id, name: string, media: string, content: Uint8Array<ArrayBuffer>, link: string): Promise<void> =>
  sign('homework.attached', { digest: sha256(content), lesson: unhex(lesson), link, media, name: nameOf(name), size: content.length })

/** The file's bytes, when they are what was signed; else a DigestError. */
export async function fetchFile(lesson: Id, file: HomeworkFile): Promise<Uint8Array<ArrayBuffer>> {
  const content = await getFile(lesson, file.digest)
  if (content.length !== file.size || hex(sha256(content)) !== file.digest) throw new DigestError('not what was signed')
  return content
}
