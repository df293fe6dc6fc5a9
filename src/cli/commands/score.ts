import { ControlClient } from '../control-client.ts'
import { dataDirOf } from '../data-dir.ts'
import { formatTable } from '../format.ts'
import { resolvePeer } from '../peer-argument.ts'
import type { Context } from '../context.ts'
import type { OptionsOf } from '../invocation.ts'

export interface ScoreJson {
  peer: string
  score: number
  state: string
  terms: Array<{
    name: string
    counter: number
    threshold: number
    cap: number
    weight: number
    contribution: number
  }>
}

/** Explains the score of one peer, or lists those of all that have one. */
export async function score(options: OptionsOf<'score'>, context: Context): Promise<number> {
  const client = await ControlClient.open(await dataDirOf(options, context))
  const { scores } = await client.call<{ scores: ScoreJson[] }>('GET', '/scores')

  if (options.peer == null) {
    context.stdout.write(`${options.json ? JSON.stringify(scores) : scoresTable(scores)}\n`)

    return 0
  }

  const peer = resolvePeer(
    options.peer,
    scores.map((entry) => entry.peer)
  )
  const found = await client.call<ScoreJson>('GET', `/peers/${encodeURIComponent(peer)}/score`)

  context.stdout.write(`${options.json ? JSON.stringify(found) : scoreTable(found)}\n`)

  return 0
}

export function scoresTable(scores: readonly ScoreJson[]): string {
  if (scores.length === 0) {
    return 'no scores'
  }

  const rows = scores.map(({ peer, state, terms, ...entry }) => [
    peer,
    number(entry.score),
    state,
    terms
      .filter((term) => term.contribution !== 0)
      .map((term) => `${term.name} ${number(term.contribution)}`)
      .join(', ')
  ])

  return formatTable([['PEER', 'SCORE', 'STATE', 'TERMS'], ...rows])
}

/** The score, and the terms that have counted anything. */
export function scoreTable({ peer, state, terms, ...entry }: ScoreJson): string {
  const rows = terms
    .filter(({ counter }) => counter !== 0)
    .map(({ name, counter, threshold, cap, weight, contribution }) => [
      name,
      number(counter),
      number(threshold),
      number(cap),
      number(weight),
      number(contribution)
    ])
  const head = `${peer} ${number(entry.score)} ${state}`

  return rows.length === 0
    ? head
    : `${head}\n${formatTable([['TERM', 'COUNTED', 'THRESHOLD', 'CAP', 'WEIGHT', 'ADDS'], ...rows])}`
}

/** With two decimals at most; never `-0`. */
function number(value: number): string {
  return String(Math.round(value * 100) / 100 || 0)
}
