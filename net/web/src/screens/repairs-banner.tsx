// The reminder on the first page: something of this person was struck out, or rests on what was.
import { m } from '../i18n'
import { link } from '../route'
import { openRows, repairs } from '../state/tasks'
import { Icon } from '../ui/icons'

export function RepairsBanner() {
  const view = repairs.value
  if (view === null) return null
  const t = m().repairs
  const [struck, stranded, review] = [openRows(view, 'struck'), openRows(view, 'stranded'), openRows(view, 'review')].map((l) => l.length) as [number, number, number]
  if (struck + stranded + review === 0) return null
  const parts = [struck > 0 ? t.bannerStruck(struck) : '', stranded > 0 ? t.bannerStranded(stranded) : '', review > 0 ? t.bannerReview(review) : ''].filter((s) => s !== '')
  return (
    <a class="notice warn banner" href={link('repairs', [struck > 0 ? 'struck' : stranded > 0 ? 'stranded' : 'review'])}>
      <Icon name="undo" size={18} /><span><b>{t.bannerTitle}</b> {parts.join('; ')}.</span><Icon name="right" size={16} />
    </a>
  )
}
