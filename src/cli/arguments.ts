/** Readers of single values for commander, which names the flag in front of what they complain of. */
import { InvalidArgumentError } from 'commander'
import { MAX_DURATION_MS } from '../config/constants.ts'
import { parseDuration } from '../config/units.ts'
import type { HttpOption } from './invocation.ts'

const DAY_MS = 86_400_000
const HOST_AND_PORT = /^(?:\[([^[\]]+)\]|([^:[\]]+)):(\d{1,5})$/

export function parseHttp(text: string): HttpOption {
  if (text === 'off') {
    return 'off'
  }

  const match = HOST_AND_PORT.exec(text)
  const port = Number(match?.[3])

  if (match == null || port > 65_535) {
    throw new InvalidArgumentError('Expected HOST:PORT or off.')
  }

  return { host: match[1] ?? match[2] ?? '', port }
}

/** A variable of a script that is not set makes it empty, and the path that of no file. */
export function parsePath(text: string): string {
  if (text === '') {
    throw new InvalidArgumentError('Expected a path.')
  }

  return text
}

/** Milliseconds of a time with its unit. */
export function parseTime(text: string): number {
  const milliseconds = parseDuration(text)

  if (milliseconds == null || milliseconds < 1 || milliseconds > MAX_DURATION_MS) {
    throw new InvalidArgumentError(
      `Expected a time such as 10m, of ${Math.floor(MAX_DURATION_MS / DAY_MS)}d at most.`
    )
  }

  return milliseconds
}

/** The round of a model. */
export function parseRound(text: string): number {
  const round = Number(text)

  if (!/^(?:-1|\d{1,10})$/.test(text) || round >= 2 ** 31) {
    throw new InvalidArgumentError('Expected a round: -1, 0, 1 and so on.')
  }

  return round
}

/** A number of samples, as text because it may need 64 bits. */
export function parseWeight(text: string): string {
  if (!/^\d{1,19}$/.test(text) || BigInt(text) >= 2n ** 63n) {
    throw new InvalidArgumentError('Expected a whole number from 0 to 2^63 - 1.')
  }

  return text
}

/** For a flag that may be given several times. */
export function collect(text: string, before: string[] | undefined): string[] {
  return [...(before ?? []), text]
}

/** `[ACTION] [KEY=VALUE]...`, of which the first may be left out. */
export function parseSendParts(parts: string[]): { action?: string; fields: Array<[string, string]> } {
  const [first, ...rest] = parts
  const action = first == null || first.includes('=') ? undefined : first
  const pairs = action == null ? parts : rest

  return { action, fields: pairs.map(parsePair) }
}

function parsePair(text: string): [string, string] {
  const at = text.indexOf('=')

  if (at < 1) {
    throw new InvalidArgumentError(`Expected KEY=VALUE, not ${JSON.stringify(text)}.`)
  }

  return [text.slice(0, at), text.slice(at + 1)]
}
