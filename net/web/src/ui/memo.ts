// A component that is drawn again only when one of its properties is another one.
import { Component, type ComponentChild, h, type FunctionComponent } from 'preact'

export function memo<P extends object>(Inner: FunctionComponent<P>): (props: P) => ComponentChild {
  class Memo extends Component<P> {
    override shouldComponentUpdate(next: P): boolean {
      const now = this.props as Readonly<Record<string, unknown>>
      const later = next as Readonly<Record<string, unknown>>
      for (const key in later) if (later[key] !== now[key]) return true
      for (const key in now) if (!(key in later)) return true
      return false
    }

    override render(props: P): ComponentChild {
      return h(Inner, props)
    }
  }
  return Memo as unknown as (props: P) => ComponentChild
}
