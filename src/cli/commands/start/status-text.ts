import { formatBytes, printable, shortPeer } from '../../format.ts'
import type { Rates } from './rates.ts'
import type { LinkInfo } from '../../../interface.ts'

/** Rows that fit a small terminal together with the lines above and below. */
export const MAX_PEER_LINES = 8
export const MAX_EVENT_LINES = 5

export interface Status {
  links: readonly LinkInfo[]
  rates: Rates
  /** The last ones, oldest first. */
  events: readonly string[]
}

/** One line of the status; `style` is about the whole line. */
export interface StatusLine {
  text: string
  style?: 'bold' | 'dim'
}

/** The status as lines no wider than the terminal. */
export function statusLines({ links, rates, events }: Status, columns: number): StatusLine[] {
  const direct = links.filter((link) => link.direct).length
  const lines: StatusLine[] = [
    { text: '' },
    {
      text: `${links.length} ${links.length === 1 ? 'peer' : 'peers'}: ${direct} direct, ${links.length - direct} undirected`,
      style: 'bold'
    },
    ...peerLines(links),
    {
      text:
        `in ${Math.round(rates.messagesIn)} msg/s ${formatBytes(rates.bytesIn)}/s, ` +
        `out ${Math.round(rates.messagesOut)} msg/s ${formatBytes(rates.bytesOut)}/s`
    },
    ...events.slice(-MAX_EVENT_LINES).map((text) => ({ text, style: 'dim' as const }))
  ]

  return lines.map((line) => ({ ...line, text: shorten(line.text, columns) }))
}

/** Neighbours first, then as they came. */
function peerLines(links: readonly LinkInfo[]): StatusLine[] {
  const ordered = links.toSorted((a, b) => Number(b.direct) - Number(a.direct) || a.openedAt - b.openedAt)
  const lines = ordered.slice(0, MAX_PEER_LINES).map((link) => ({
    text: printable(
      `  ${shortPeer(link.peer.toString())}  ${link.direct ? 'direct    ' : 'undirected'}  ${link.remoteAddr}`
    )
  }))

  return ordered.length > MAX_PEER_LINES
    ? [...lines, { text: `  and ${ordered.length - MAX_PEER_LINES} more` }]
    : lines
}

function shorten(text: string, columns: number): string {
  const characters = Array.from(text)

  return characters.length > columns ? `${characters.slice(0, Math.max(0, columns - 1)).join('')}…` : text
}
