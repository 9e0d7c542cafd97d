// What has become of messages to families (specs/api.md).
import { get } from './client'
import type { Hex, Id, Ms, Seq } from './types'

export interface Delivery {
  id: Hex; account: Id; name: string; pupil: Id; pupil_name: string; wants: number; seq: Seq | null
  state: string; way: string; attempts: number; status: number; queued: Ms; next: Ms | null; done: Ms | null; reason: string; repeated: boolean
}
export interface DeliveryList { sending: boolean; more: boolean; messages: Delivery[] }

export const deliveriesApi = {
  /** Of a class, or null: one's own. */
  list: (group: Id | null) => get<DeliveryList>('/api/deliveries', { group }),
}
