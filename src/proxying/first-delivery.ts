import type { Result } from './asker.ts'
import type { ProxyFailure } from './errors.ts'

/**
 * When several were asked and none has delivered, the first of these that was
 * answered tells most: that the message may have arrived, then that the target
 * was found, then that another try may do better.
 */
const TELLING: ProxyFailure[] = [
  'TIMEOUT',
  'LOST',
  'FORGED',
  'REFUSED',
  'BUSY',
  'TOO_LARGE',
  'HOPS',
  'NOT_LINKED',
  'NOT_A_PROXY',
  'LOOP'
]

/** The first delivery, or once all have failed the failure that tells most. */
export async function firstDelivery(asked: Array<Promise<Result>>): Promise<Result> {
  const failures: ProxyFailure[] = []
  const first = Promise.withResolvers<Result>()

  for (const each of asked) {
    each.then((result) => {
      if (result.delivered) {
        first.resolve(result)
      } else if (failures.push(result.status) === asked.length) {
        first.resolve({ delivered: false, status: mostTelling(failures) })
      }
    }, first.reject)
  }

  return first.promise
}

/** That all others had it already says no more than that nobody has the link. */
function mostTelling(failures: ProxyFailure[]): ProxyFailure {
  const status = TELLING.find((candidate) => failures.includes(candidate)) ?? 'NOT_LINKED'

  return status === 'LOOP' || status === 'NOT_A_PROXY' ? 'NOT_LINKED' : status
}
