import { ControlClient } from '../control-client.ts'
import { dataDirOf } from '../data-dir.ts'
import { formatBytes, formatDuration, formatTable, printable } from '../format.ts'
import type { LinkJson } from '../../http/event-json.ts'
import type { Context } from '../context.ts'
import type { OptionsOf } from '../invocation.ts'

const HEAD = ['PEER', 'LINK', 'STATE', 'PRIORITY', 'ADDRESS', 'ROUND', 'SENT', 'RECEIVED', 'OPEN FOR']

export async function peers(options: OptionsOf<'peers'>, context: Context): Promise<number> {
  const client = await ControlClient.open(await dataDirOf(options, context))
  const links = await allLinksOf(client)

  context.stdout.write(options.json ? `${JSON.stringify(links)}\n` : `${peersTable(links, Date.now())}\n`)

  return 0
}

/** The open links. */
export async function linksOf(client: ControlClient): Promise<LinkJson[]> {
  return (await listOf(client)).peers
}

/** The open links, and those that are being made again. */
export async function allLinksOf(client: ControlClient): Promise<LinkJson[]> {
  const { peers: open, reconnecting } = await listOf(client)

  return [...open, ...reconnecting]
}

async function listOf(client: ControlClient): Promise<{ peers: LinkJson[]; reconnecting: LinkJson[] }> {
  return client.call('GET', '/peers')
}

export function peersTable(links: readonly LinkJson[], now: number): string {
  if (links.length === 0) {
    return 'no links'
  }

  const rows = links.map((link) => [
    link.peer,
    link.direct ? 'direct' : 'undirected',
    link.state,
    link.priority,
    printable(link.address),
    link.round == null ? '-' : String(link.round),
    `${link.messagesSent} (${formatBytes(link.bytesSent)})`,
    `${link.messagesReceived} (${formatBytes(link.bytesReceived)})`,
    link.state === 'open' ? formatDuration(now - link.openedAt) : '-'
  ])

  return formatTable([HEAD, ...rows])
}
