import { ControlClient } from '../control-client.ts'
import { dataDirOf } from '../data-dir.ts'
import { formatBytes, formatDuration, formatTable, printable } from '../format.ts'
import type { LinkJson } from '../../http/event-json.ts'
import type { Context } from '../context.ts'
import type { OptionsOf } from '../invocation.ts'

const HEAD = ['PEER', 'LINK', 'PRIORITY', 'ADDRESS', 'ROUND', 'SENT', 'RECEIVED', 'OPEN FOR']

export async function peers(options: OptionsOf<'peers'>, context: Context): Promise<number> {
  const client = await ControlClient.open(await dataDirOf(options, context))
  const links = await linksOf(client)

  context.stdout.write(options.json ? `${JSON.stringify(links)}\n` : `${peersTable(links, Date.now())}\n`)

  return 0
}

export async function linksOf(client: ControlClient): Promise<LinkJson[]> {
  return (await client.call<{ peers: LinkJson[] }>('GET', '/peers')).peers
}

export function peersTable(links: readonly LinkJson[], now: number): string {
  if (links.length === 0) {
    return 'no links'
  }

  const rows = links.map((link) => [
    link.peer,
    link.direct ? 'direct' : 'undirected',
    link.priority,
    printable(link.address),
    link.round == null ? '-' : String(link.round),
    `${link.messagesSent} (${formatBytes(link.bytesSent)})`,
    `${link.messagesReceived} (${formatBytes(link.bytesReceived)})`,
    formatDuration(now - link.openedAt)
  ])

  return formatTable([HEAD, ...rows])
}
