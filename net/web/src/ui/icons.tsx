// Icons: strokes on a 20 × 20 field, drawn in the colour of the text beside them.
const PATHS = {
  check: 'M4.5 10.5l3.5 3.5 7.5-8', cross: 'M5 5l10 10M15 5L5 15', left: 'M12 4.5L6.5 10l5.5 5.5', right: 'M8 4.5l5.5 5.5L8 15.5', down: 'M5 8l5 5 5-5',
  clock: 'M10 3.2a6.8 6.8 0 1 0 0 13.6 6.8 6.8 0 0 0 0-13.6zM10 6v4.2l2.8 1.8', warning: 'M10 3.4l7 12.6H3zM10 8v4M10 14.1v.2', people: 'M7.3 9.4a2.7 2.7 0 1 0 0-5.4 2.7 2.7 0 0 0 0 5.4zM2.5 16c.3-2.9 2.2-4.4 4.8-4.4s4.5 1.5 4.8 4.4M12.7 4.4a2.6 2.6 0 0 1 0 4.8M14.2 11.8c2 .4 3.1 1.9 3.3 4.2',
  book: 'M4 4h5a1.6 1.6 0 0 1 1.6 1.6V16a1.6 1.6 0 0 0-1.6-1.6H4zM16.6 4h-4.4a1.6 1.6 0 0 0-1.6 1.6V16a1.6 1.6 0 0 1 1.6-1.6h4.4z', pen: 'M4 16l.7-3.3L13 4.4a1.7 1.7 0 0 1 2.5 2.5l-8.3 8.4z', star: 'M10 3.5l1.9 4.2 4.6.5-3.4 3.1.9 4.5-4-2.3-4 2.3.9-4.5-3.4-3.1 4.6-.5z',
  seal: 'M10 2.8l1.9 1.5 2.4-.1.7 2.3 2 1.4-.8 2.3.8 2.3-2 1.4-.7 2.3-2.4-.1L10 17.6l-1.9-1.5-2.4.1-.7-2.3-2-1.4.8-2.3-.8-2.3 2-1.4.7-2.3 2.4.1zM7.2 10.1l2 2 3.7-3.9', key: 'M7 13.7a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4zM10.2 10.5H17M14.5 10.5v2.8M16.6 10.5v2', history: 'M4 4.5v3.6h3.6M4.3 8a6.4 6.4 0 1 1-.6 3.4M10 6.8v3.6l2.4 1.5',
  search: 'M9 14.2A5.2 5.2 0 1 0 9 3.8a5.2 5.2 0 0 0 0 10.4zM13 13l3.6 3.6', user: 'M10 9.6a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM4.4 16.6c.4-3.2 2.5-5 5.6-5s5.2 1.8 5.6 5', plus: 'M10 4.5v11M4.5 10h11', undo: 'M7 5L3.8 8.2 7 11.4M4 8.2h7.4a4 4 0 0 1 0 8H8', list: 'M7 5.5h9.5M7 10h9.5M7 14.5h9.5M3.6 5.5h.2M3.6 10h.2M3.6 14.5h.2', eye: 'M2.5 10S5.2 4.9 10 4.9 17.5 10 17.5 10 14.8 15.1 10 15.1 2.5 10 2.5 10zM10 12.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4z',
  lock: 'M5.5 9h9v7h-9zM7.3 9V6.6a2.7 2.7 0 0 1 5.4 0V9', off: 'M3 7.5a10.3 10.3 0 0 1 14 0M5.6 10.6a6.6 6.6 0 0 1 8.8 0M8 13.5a3.2 3.2 0 0 1 4 0M3.5 3.5l13 13', comment: 'M4 4.5h12v8.4H9.5L6 16v-3.1H4z', calendar: 'M4 5.5h12V16H4zM4 8.7h12M7 3.5v3M13 3.5v3', out: 'M8 4H4.5v12H8M12 6.5l3.5 3.5-3.5 3.5M15.2 10H8', repeat: 'M4 8.5a6 6 0 0 1 10.4-2.8L16 7.3M16 3.8v3.5h-3.5M16 11.5a6 6 0 0 1-10.4 2.8L4 12.7M4 16.2v-3.5h3.5',
} as const

export type IconName = keyof typeof PATHS

export function Icon({ name, size = 18, label }: { name: IconName; size?: number; label?: string }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 20 20" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"
      role={label === undefined ? undefined : 'img'} aria-label={label} aria-hidden={label === undefined}>
      <path d={PATHS[name]} />
    </svg>
  )
}
