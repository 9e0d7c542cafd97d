// Whether the line to the server is down, as whoever tried it last found out.
import { signal } from '@preact/signals'

export const lineDown = signal(false)
