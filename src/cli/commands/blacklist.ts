import { contains, looksLikeSubnet, parseSubnet } from '../../lib/net/index.ts'
import { ControlClient } from '../control-client.ts'
import { dataDirOf } from '../data-dir.ts'
import { formatDuration, formatTable, printable } from '../format.ts'
import { resolvePeer } from '../peer-argument.ts'
import { allLinksOf } from './peers.ts'
import { UsageError } from '../errors.ts'
import type { Context } from '../context.ts'
import type { OptionsOf } from '../invocation.ts'
import type { Subnet } from '../../lib/net/index.ts'

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

      if (subnetOf(target) != null) {
        await client.call('POST', '/restrictions', { address: target, reason, ttl })

        return `${target} is shut out`
      }

      const links = await allLinksOf(client)
      const peer = resolvePeer(
        target,
        links.map((link) => link.peer)
      )

      await client.call('POST', '/restrictions', { peer, reason, ttl })

      return `${peer} is shut out`
    }
    case 'remove':
      return remove(client, options.target)
    case 'clear': {
      const { addresses } = await client.call<Answer>('DELETE', '/restrictions')

      return addresses.length === 0
        ? 'nobody is shut out'
        : `nobody is shut out but ${listOf(addresses)}, as the configuration says`
    }
  }
}

/** Tells what is true afterwards: another entry, or the configuration, may go on shutting the target out. */
async function remove(client: ControlClient, text: string): Promise<string> {
  const { restrictions, addresses } = await client.call<Answer>('GET', '/restrictions')
  const subnet = subnetOf(text)
  const target =
    subnet?.text ??
    resolvePeer(
      text,
      restrictions.map((entry) => entry.peer)
    )
  const had =
    restrictions.some(({ peer }) => peer === target) || addresses.some(({ address }) => address === target)
  const left = await client.call<Answer>('DELETE', `/restrictions/${encodeURIComponent(target)}`)
  const covering =
    subnet == null ? [] : left.addresses.filter(({ address }) => contains(parseSubnet(address), subnet))

  if (covering.length > 0) {
    return `${target} is still shut out, by ${listOf(covering)}`
  }

  return had ? `${target} may come in again` : `${target} was not shut out`
}

/** @throws {UsageError} when the text is meant as an address or subnet, and is none */
function subnetOf(text: string): Subnet | undefined {
  if (!looksLikeSubnet(text)) {
    return undefined
  }

  try {
    return parseSubnet(text)
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

function listOf(addresses: readonly AddressJson[]): string {
  return addresses.map(({ address }) => address).join(', ')
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
