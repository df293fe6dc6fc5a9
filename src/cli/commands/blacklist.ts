import { ControlClient } from '../control-client.ts'
import { dataDirOf } from '../data-dir.ts'
import { formatDuration, formatTable, printable } from '../format.ts'
import { resolvePeer } from '../peer-argument.ts'
import { linksOf } from './peers.ts'
import type { Context } from '../context.ts'
import type { OptionsOf } from '../invocation.ts'

interface RestrictionJson {
  peer: string
  kind: string
  reason: string
  expiresAt: number
}

interface Answer {
  restrictions: RestrictionJson[]
}

export async function blacklist(options: OptionsOf<'blacklist'>, context: Context): Promise<number> {
  const client = await ControlClient.open(await dataDirOf(options, context))

  context.stdout.write(`${await perform(client, options)}\n`)

  return 0
}

async function perform(client: ControlClient, options: OptionsOf<'blacklist'>): Promise<string> {
  switch (options.action) {
    case 'list': {
      const { restrictions } = await client.call<Answer>('GET', '/restrictions')

      return options.json ? JSON.stringify(restrictions) : restrictionsTable(restrictions, Date.now())
    }
    case 'add': {
      const links = await linksOf(client)
      const peer = resolvePeer(
        options.peer,
        links.map((link) => link.peer)
      )

      await client.call('POST', '/restrictions', { peer })

      return `${peer} is shut out`
    }
    case 'remove': {
      const { restrictions } = await client.call<Answer>('GET', '/restrictions')
      const peer = resolvePeer(
        options.peer,
        restrictions.map((entry) => entry.peer)
      )

      await client.call('DELETE', `/restrictions/${encodeURIComponent(peer)}`)

      return `${peer} may come in again`
    }
    case 'clear':
      await client.call('DELETE', '/restrictions')

      return 'nobody is shut out'
  }
}

export function restrictionsTable(restrictions: readonly RestrictionJson[], now: number): string {
  if (restrictions.length === 0) {
    return 'nobody is shut out'
  }

  const rows = restrictions.map(({ peer, kind, reason, expiresAt }) => [
    peer,
    kind,
    formatDuration(expiresAt - now),
    printable(reason)
  ])

  return formatTable([['PEER', 'KIND', 'EXPIRES IN', 'REASON'], ...rows])
}
