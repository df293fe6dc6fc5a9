import type { LinkInfo, Nebula } from './interface.ts'

/** Names at most so many links; a thousand would fill the screen. */
const MAX_NAMED_LINKS = 20

/** The overlay in one line, such as `Nebula(lab, 12D3KooW..., running, links: [12D3KooW... direct])`. */
export function describeOverlay(nebula: Pick<Nebula, 'federation' | 'peerId' | 'running' | 'links'>): string {
  const links = nebula.links({ reconnecting: true })
  const named = links.slice(0, MAX_NAMED_LINKS).map(describeLink)
  const more = links.length > named.length ? [`and ${links.length - named.length} more`] : []
  const state = nebula.running ? 'running' : 'stopped'

  return `Nebula(${nebula.federation}, ${nebula.peerId}, ${state}, links: [${[...named, ...more].join(', ')}])`
}

function describeLink({ peer, direct, state }: LinkInfo): string {
  return `${peer} ${direct ? 'direct' : 'undirected'}${state === 'open' ? '' : ` ${state}`}`
}
