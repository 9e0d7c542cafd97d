// Drawing the sheet: a real table with fixed names at the left and fixed results at the right.
//
// A row is drawn again only when its object changed or the cursor came or went; so a key costs one
// row, not a class. One cell can be reached by Tab (roving tabindex); the keys are the reducer's.
import { memo } from '../ui/memo'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { Flag } from '../api/types'
import { m } from '../i18n'
import { dayLong, dayNumber, hundredths, monthName, monthOf, shortName, weekday } from '../i18n/format'
import { dayOf, now } from '../state/school'
import { cellAria, cellClass, cellLabel } from './draw'
import { rangeOf } from './block'
import type { GridState } from './keys'
import { columnMean, type CellView, type GridColumn, type GridRow, isInside, type Sheet } from './model'
import type { JournalStore } from './store'

interface MonthSpan { key: number; name: string; span: number }

function monthSpans(columns: readonly GridColumn[]): MonthSpan[] {
  const out: MonthSpan[] = []
  for (const c of columns) {
    if (c.kind === 'period') continue
    const last = out.at(-1)
    if (last?.key === monthOf(c.day)) last.span += 1
    else out.push({ key: monthOf(c.day), name: monthName(c.day), span: 1 })
  }
  return out
}

/** The column that is "today's" and the one under way. */
function columnClass(c: GridColumn, today: number, active: boolean): string {
  return ['col', c.kind === 'slot' ? 'slot' : '', c.day === today ? 'today' : '', c.work === 4 || c.work === 5 ? 'control' : '', c.first ? 'first' : '', active ? 'active' : ''].filter((s) => s !== '').join(' ')
}

function Head({ store, sheet, active }: { store: JournalStore; sheet: Sheet; active: number }) {
  const t = m().journal
  const today = dayOf(now())
  const lessons = sheet.columns.filter((c) => c.kind !== 'period')
  return (
    <thead>
      <tr class="months">
        <th class="num" rowSpan={2} scope="col">{t.number}</th>
        <th class="name" rowSpan={2} scope="col">{t.pupil}</th>
        {monthSpans(sheet.columns).map((s) => <th key={s.key} colSpan={s.span} scope="colgroup"><span>{s.name}</span></th>)}
        <th class="mean" rowSpan={2} scope="col" title={m().marks.ruleText(store.page.value.rule)}><abbr title={m().marks.ruleText(store.page.value.rule)}>{t.average}</abbr></th>
        {store.period !== null && <th class="period" rowSpan={2} scope="col" title={`${t.periodMark}: ${store.period.name}`}>{t.periodShort(store.period.name)}</th>}
        <th class="filler" rowSpan={2} aria-hidden="true" />
      </tr>
      <tr class="dates">
        {lessons.map((c, i) => (
          <th key={c.key} scope="col" class={columnClass(c, today, i === active)} data-c={i} title={`${dayLong(c.day)}, ${m().common.lessonN(c.n)}, ${m().works[c.work] ?? ''}${c.weight === 1 ? '' : `, ${t.weight} ${c.weight}`}${c.kind === 'slot' ? `. ${t.slot}` : ''}`}>
            <span class="date">{c.first ? dayNumber(c.day) : <small>+{c.column}</small>}</span>
            <span class="kind">{c.kind === 'slot' ? weekday(c.day) : c.work === 1 ? weekday(c.day) : m().workMarks[c.work]}{c.weight !== 1 && <b class="weight">×{c.weight}</b>}</span>
            <span class="sheet-dot" aria-label={c.lesson?.sheet === true ? m().panel.sheetDone : undefined}>{c.kind === 'slot' ? '○' : !c.first ? '' : c.lesson?.sheet === true ? '✓' : '·'}</span>
          </th>
        ))}
      </tr>
    </thead>
  )
}

/** How wide a column is: fixed, so that a key never lays the whole table out anew. */
function widthOf(sheet: Sheet, col: number): string {
  const c = sheet.columns[col]!
  const most = Math.max(c.weight === 1 ? 0 : 5, ...sheet.rows.map(({ cells }) => { const cell = cells[col]!; return 2 * cell.values.length + (cell.state === 1 || cell.state === 2 ? 2 : 0) + (cell.markFlags & Flag.Protocol ? 1 : 0) }))
  return most <= 4 ? 'w-one' : most <= 6 ? 'w-two' : 'w-many'
}

/** Drawn anew with the sheet alone: the cursor's way changes no width. */
const Widths = memo(function Widths({ sheet }: { sheet: Sheet }) {
  return (
    <colgroup>
      <col class="w-num" /><col class="w-name" />
      {sheet.columns.map((c, i) => c.kind !== 'period' && <col key={c.key} class={widthOf(sheet, i)} />)}
      <col class="w-mean" />{sheet.columns.some((c) => c.kind === 'period') && <col class="w-period" />}<col />
    </colgroup>
  )
})

interface RowProps { row: GridRow; columns: readonly GridColumn[]; active: number; from: number; to: number; edit: string | null; append: boolean; today: number; lang: string }

const Cell = memo(function Cell({ cell, column, col, active, picked, edit, append, today, name }: { cell: CellView; column: GridColumn; col: number; active: boolean; picked: boolean; edit: string | null; append: boolean; today: number; name: string }) {
  const kind = column.kind === 'period' ? 'period' : columnClass(column, today, false)
  return (
    <td role="gridcell" data-c={col} tabIndex={active ? 0 : -1} class={`${kind} ${cellClass(cell, column)}${active ? ' cursor' : ''}${picked ? ' picked' : ''}${append ? ' append' : ''}`}
      title={cell.wait === 'queued' ? m().journal.waiting : undefined} aria-label={cellAria(cell, column, name)} aria-selected={picked || active} aria-readonly={!column.writable} aria-colindex={col + 3}>
      {edit === null
        ? <>{cellLabel(cell, column)}{append && '/'}</>
        : <input class="cell-input" value={edit} aria-label={cellAria(cell, column, name)} autocomplete="off" data-edit />}
    </td>
  )
})

/** `from`…`to`: the selected columns of this row; −1: none. */
const Row = memo(function Row({ row, columns, active, from, to, edit, append, today }: RowProps) {
  const { pupil } = row
  const left = !isInside(pupil, today) && pupil.to !== null && pupil.to < today
  const name = shortName(pupil.name)
  return (
    <tr class={`${active >= 0 ? 'current' : ''}${left ? ' left' : ''}`} data-r={row.index}>
      <td class="num">{row.index + 1}</td>
      <th class="name" scope="row" title={pupil.name}>{name}</th>
      {columns.map((c, i) => c.kind !== 'period' && (
        <Cell key={c.key} cell={row.cells[i]!} column={c} col={i} active={i === active} picked={from <= i && i <= to} edit={i === active ? edit : null} append={i === active && append} today={today} name={name} />
      ))}
      <td class="mean">{row.mean === null ? '' : <>{hundredths(row.mean)}<small class="forecast" title={m().marks.forecast} aria-label={m().marks.forecastOf(row.forecast!)}>→{row.forecast}</small></>}</td>
      {columns.map((c, i) => c.kind === 'period' && (
        <Cell key={c.key} cell={row.cells[i]!} column={c} col={i} active={i === active} picked={from <= i && i <= to} edit={i === active ? edit : null} append={false} today={today} name={name} />
      ))}
      <td class="filler" aria-hidden="true" />
    </tr>
  )
})

function Foot({ sheet }: { sheet: Sheet }) {
  return (
    <tfoot>
      <tr>
        <td class="num" />
        <th class="name" scope="row">{m().journal.columnMean}</th>
        {sheet.columns.map((c, i) => {
          if (c.kind === 'period') return null
          const { mean, count } = columnMean(sheet, i)
          return <td key={c.key} class="col" title={count > 0 ? String(count) : undefined}>{mean === null ? '' : hundredths(mean).slice(0, -1)}</td>
        })}
        <td class="mean" />{sheet.columns.some((c) => c.kind === 'period') && <td class="period" />}<td class="filler" />
      </tr>
    </tfoot>
  )
}

function place(target: EventTarget | null): { row: number; col: number } | null {
  const cell = (target as HTMLElement | null)?.closest?.('td[data-c]') as HTMLElement | null
  const row = cell?.closest('tr')?.dataset['r']
  return cell === null || row === undefined ? null : { row: Number(row), col: Number(cell.dataset['c']) }
}

/** Keeps focus and sight on the cell under the cursor. */
function useCursor(store: JournalStore, table: { current: HTMLTableElement | null }, state: GridState): void {
  const fresh = useRef(true)
  useLayoutEffect(() => {
    const cell = table.current?.querySelector<HTMLElement>(`tr[data-r="${state.cursor.row}"] td[data-c="${state.cursor.col}"]`)
    if (cell == null) return
    const inside = table.current!.contains(document.activeElement) || document.activeElement === document.body
    cell.scrollIntoView({ block: 'nearest', inline: 'nearest' })
    if (!inside && !fresh.current) return
    fresh.current = false
    const input = cell.querySelector('input')
    if (input !== null) {
      if (document.activeElement !== input) {
        input.focus()
        input.select()
      }
    } else cell.focus({ preventScroll: true })
  }, [state.cursor, state.edit === null, store.columns.value])
}

export function JournalGrid({ store }: { store: JournalStore }) {
  const table = useRef<HTMLTableElement>(null)
  const sheet = store.sheet.value
  const state = store.grid.value
  const t = m().journal
  const today = dayOf(now())
  useCursor(store, table, state)
  useEffect(() => {
    table.current?.querySelector('td.cursor')?.scrollIntoView({ block: 'nearest', inline: 'center' })
  }, [store])

  const drag = useRef(false)
  const range = state.anchor === null ? null : rangeOf(state)

  // The mouse draws a selection; a finger scrolls, so it only chooses a cell.
  const onMouseDown = (e: MouseEvent): void => {
    const at = e.button === 0 && (e.target as HTMLElement).tagName !== 'INPUT' ? place(e.target) : null
    if (at === null) return
    drag.current = true
    if (e.shiftKey) store.extendTo(at)
    else store.moveTo(at)
  }
  const onMouseOver = (e: MouseEvent): void => {
    if ((e.buttons & 1) === 0) drag.current = false
    const at = drag.current ? place(e.target) : null
    if (at !== null && (at.row !== state.cursor.row || at.col !== state.cursor.col)) store.extendTo(at)
  }
  const onCopy = (e: ClipboardEvent): void => {
    if (state.edit !== null || e.clipboardData === null) return
    e.clipboardData.setData('text/plain', store.copied())
    e.preventDefault()
  }
  const onPaste = (e: ClipboardEvent): void => {
    if (state.edit !== null || e.clipboardData === null) return
    store.paste(e.clipboardData.getData('text/plain'))
    e.preventDefault()
  }
  const onKeyDown = (e: KeyboardEvent): void => {
    if (e.isComposing || e.metaKey) return
    if (store.press({ key: e.key, code: e.code, shift: e.shiftKey, ctrl: e.ctrlKey, alt: e.altKey })) e.preventDefault()
  }
  const onClick = (e: MouseEvent): void => {
    const at = place(e.target)
    const head = (e.target as HTMLElement).closest('th[data-c]') as HTMLElement | null
    if (at !== null && !e.shiftKey && (at.row !== state.cursor.row || at.col !== state.cursor.col)) store.moveTo(at)
    else if (head !== null) store.moveTo({ row: state.cursor.row, col: Number(head.dataset['c']) })
  }
  if (sheet.rows.length === 0) return <p class="empty">{t.noPupils}</p>
  if (sheet.columns.every((c) => c.kind === 'period')) return <p class="empty">{t.empty}</p>
  return (
    <div class="grid-scroll">
      <table ref={table} class="grid" role="grid" aria-label={t.caption(store.page.value.group.name, store.page.value.subject.name)} aria-rowcount={sheet.rows.length + 2} aria-colcount={sheet.columns.length + 3}
        aria-multiselectable onKeyDown={onKeyDown} onClick={onClick} onMouseDown={onMouseDown} onMouseOver={onMouseOver} onCopy={onCopy} onPaste={onPaste} onDblClick={(e) => { if (place(e.target) !== null) store.press({ key: 'F2', code: 'F2', shift: false, ctrl: false, alt: false }) }}
        onInput={(e) => { const input = e.target as HTMLInputElement; if (input.dataset['edit'] !== undefined) store.grid.value = { ...store.grid.value, edit: input.value } }}>
        <Widths sheet={sheet} />
        <Head store={store} sheet={sheet} active={state.cursor.col} />
        <tbody>
          {sheet.rows.map((row) => {
            const here = row.index === state.cursor.row
            const inRange = range !== null && range.top <= row.index && row.index <= range.bottom
            return <Row key={row.pupil.id} row={row} columns={sheet.columns} active={here ? state.cursor.col : -1} from={inRange ? range!.left : -1} to={inRange ? range!.right : -1} edit={here ? state.edit : null} append={here && state.append !== null} today={today} lang={document.documentElement.lang} />
          })}
        </tbody>
        <Foot sheet={sheet} />
      </table>
    </div>
  )
}
