import { looksLikeSubnet } from '../../scoring/subnet.ts'
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

interface AddressJson {
  address: string
  reason: string
  expiresAt: number | null
}

interface Answer {
  restrictions: RestrictionJson[]
  addresses: AddressJson[]
}

export async function blacklist(options: OptionsOf<'blacklist'>, context: Context): Promise<number> {
  const client = await ControlClient.open(await dataDirOf(options, context))

  context.stdout.write(`${await perform(client, options)}\n`)

  return 0
}

async function perform(client: ControlClient, options: OptionsOf<'blacklist'>): Promise<string> {
  switch (options.action) {
    case 'list': {
      const { restrictions, addresses } = await client.call<Answer>('GET', '/restrictions')

      return options.json
        ? JSON.stringify([...restrictions, ...addresses])
        : restrictionsTable(restrictions, addresses, Date.now())
    }
    case 'add': {
      const { target, reason, ttl } = options

      if (looksLikeSubnet(target)) {
        await client.call('POST', '/restrictions', { address: target, reason, ttl })

        return `${target} is shut out`
      }

      const links = await linksOf(client)
      const peer = resolvePeer(
        target,
        links.map((link) => link.peer)
      )

      await client.call('POST', '/restrictions', { peer, reason, ttl })

      return `${peer} is shut out`
    }
    case 'remove': {
      const { restrictions } = await client.call<Answer>('GET', '/restrictions')
      const target = looksLikeSubnet(options.target)
        ? options.target
        : resolvePeer(
            options.target,
            restrictions.map((entry) => entry.peer)
          )

      await client.call('DELETE', `/restrictions/${encodeURIComponent(target)}`)

      return `${target} may come in again`
    }
    case 'clear':
      await client.call('DELETE', '/restrictions')

      return 'nobody is shut out'
  }
}

/** What is shut out, why, and for how long still. */
export function restrictionsTable(
  restrictions: readonly RestrictionJson[],
  addresses: readonly AddressJson[],
  now: number
): string {
  const rows = [
    ...restrictions.map(({ peer, ...entry }) => ({ who: peer, ...entry })),
    ...addresses.map(({ address, ...entry }) => ({ who: address, kind: 'blacklisted', ...entry }))
  ].map(({ who, kind, reason, expiresAt }) => [
    who,
    kind,
    expiresAt == null ? 'never' : formatDuration(expiresAt - now),
    printable(reason)
  ])

  return rows.length === 0
    ? 'nobody is shut out'
    : formatTable([['PEER OR ADDRESS', 'KIND', 'EXPIRES IN', 'REASON'], ...rows])
}
