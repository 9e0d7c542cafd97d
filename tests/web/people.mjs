// One person for every role of the demonstration school. It has no account of a pupil nor of a school's
// office: somebody with the same pages is told another role.
const DEPUTY = 2
const PARENT = 5
const PUPIL = 6
const OFFICE = 9

export const ROLES = {
  teacher: { login: 'st26' },
  'class teacher': { login: 'st20' },
  deputy: { login: 'st02' },
  head: { login: 'st01' },
  support: { login: 'st04' },
  office: { login: 'st02', as: [DEPUTY, OFFICE], stratum: 2 },
  parent: { login: 'r0555' },
  pupil: { login: 'r0555', as: [PARENT, PUPIL] },
  auditor: { login: 'auditor' },
}

/** What the server answers at these addresses comes to the page as `tell` has it. */
export const retold = (context, addresses, tell) => context.route(addresses, async (route) => {
  const answer = await route.fetch({ headers: { ...route.request().headers(), accept: 'application/json' } })
  await route.fulfill({ response: answer, json: tell(await answer.json()) })
})

/** The school's page for somebody of that role; without one, before logging in. */
export function openAs(visitor, role, options) {
  const { login, as, stratum } = ROLES[role] ?? {}
  const prepare = as === undefined ? undefined : (context) => retold(context, /\/api\/(me|session)$/, (body) => {
    for (const r of body.roles ?? []) if (r.role === as[0]) r.role = as[1]
    if (stratum !== undefined && body.stratum !== undefined) body.stratum = stratum
    return body
  })
  return visitor.open({ login, prepare, ...options })
}
