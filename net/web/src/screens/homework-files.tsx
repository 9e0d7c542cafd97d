// Files with homework: the family saves them after their digest was compared; the teacher attaches and
// takes off.
import { useRef, useState } from 'preact/hooks'
import type { HomeworkFile, Id } from '../api/types'
import { errorText, m } from '../i18n'
import { ACCEPT, attach, attachLink, detach, DigestError, fetchFile, FILE_LEN_MAX, FILES_MAX, mediaOf } from '../session/files'
import { Icon } from '../ui/icons'

const words = (error: unknown): string => (error instanceof DigestError ? m().marks.file.different : errorText(error))

function save(name: string, media: string, content: Uint8Array<ArrayBuffer>): void {
  const url = URL.createObjectURL(new Blob([content], { type: media }))
  const a = document.createElement('a')
  a.href = url
  a.download = name
  a.click()
  setTimeout(() => URL.revokeObjectURL(url), 10000)
}

function FileItem({ lesson, file, onDetach }: { lesson: Id; file: HomeworkFile; onDetach: (() => void) | null }) {
  const [state, setState] = useState<'' | 'busy' | 'same'>('')
  const [fault, setFault] = useState<string | null>(null)
  const t = m().marks.file
  const fetch = async (): Promise<void> => {
    setState('busy')
    setFault(null)
    try {
      save(file.name, file.media, await fetchFile(lesson, file))
      setState('same')
    } catch (error) {
      setFault(words(error))
      setState('')
    }
  }
  return (
    <li class="homework-file">
      {file.link === null
        ? <button type="button" class="link" disabled={state === 'busy'} onClick={() => void fetch()}><Icon name="out" size={14} />{file.name}</button>
        : <a href={file.link} target="_blank" rel="noopener noreferrer" title={t.elsewhere(file.digest)}><Icon name="out" size={14} />{file.name}</a>}
      <span class="dim">{t.size(file.size)}{file.link !== null && ` · ${new URL(file.link).host}`}</span>
      {state === 'same' && <span class="good-text"><Icon name="check" size={13} />{t.same}</span>}
      {onDetach !== null && <button type="button" class="icon-button small" aria-label={`${t.detach}: ${file.name}`} title={t.detach} onClick={onDetach}><Icon name="cross" size={14} /></button>}
      {fault !== null && <span class="bad-text" role="alert">{fault}</span>}
    </li>
  )
}

export function HomeworkFiles({ lesson, files, onDetach = null }: { lesson: Id; files: readonly HomeworkFile[]; onDetach?: ((file: HomeworkFile) => void) | null }) {
  if (files.length === 0) return null
  return <ul class="homework-files" aria-label={m().marks.file.title}>{files.map((f) => <FileItem key={f.digest} lesson={lesson} file={f} onDetach={onDetach === null ? null : () => onDetach(f)} />)}</ul>
}

/** In the lesson's panel. A file larger than the store takes is given by a link; it is chosen here all the same, so that its digest is signed. */
export function HomeworkFilesField({ lesson, files, onSigned }: { lesson: Id; files: readonly HomeworkFile[]; onSigned: () => void }) {
  const input = useRef<HTMLInputElement>(null)
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<string | null>(null)
  const [large, setLarge] = useState<{ name: string; media: string; content: Uint8Array<ArrayBuffer> } | null>(null)
  const [link, setLink] = useState('')
  const t = m().marks.file
  const run = async (what: () => Promise<void>): Promise<void> => {
    setBusy(true)
    setFault(null)
    try {
      await what()
      setLarge(null)
      onSigned()
    } catch (error) {
      setFault(words(error))
    }
    setBusy(false)
  }
  const take = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return
    const media = mediaOf(file.name)
    setFault(null)
    if (media === null) return setFault(t.wrongType)
    if (file.size === 0) return setFault(t.empty)
    const content = new Uint8Array(await file.arrayBuffer())
    if (content.length > FILE_LEN_MAX) return setLarge({ name: file.name, media, content })
    await run(() => attach(lesson, file.name, media, content))
  }
  return (
    <div class="field">
      <HomeworkFiles lesson={lesson} files={files} onDetach={(f) => void run(() => detach(lesson, f))} />
      <input ref={input} type="file" accept={ACCEPT} hidden aria-label={t.attach} onChange={(e) => { void take(e.currentTarget.files?.[0]); e.currentTarget.value = '' }} />
      {files.length < FILES_MAX && <button type="button" class="button small" disabled={busy} onClick={() => input.current?.click()}><Icon name="plus" size={14} />{busy ? t.sending : t.attach}</button>}
      {large !== null && (
        <form class="notice" onSubmit={(e) => { e.preventDefault(); if (/^https:\/\/\S+$/.test(link)) void run(() => attachLink(lesson, large.name, large.media, large.content, link)); else setFault(t.needLink) }}>
          <p>{t.large(large.name)}</p>
          <input type="url" aria-label={t.link} placeholder="https://" value={link} onInput={(e) => setLink(e.currentTarget.value.trim())} />
          <div class="row"><button type="submit" class="button small primary" disabled={busy}>{t.sign}</button><button type="button" class="button small" onClick={() => setLarge(null)}>{m().common.cancel}</button></div>
        </form>
      )}
      {fault !== null && <p class="bad-text" role="alert">{fault}</p>}
    </div>
  )
}
