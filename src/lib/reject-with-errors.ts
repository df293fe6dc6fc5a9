import { AbortError } from '@libp2p/interface'
import { toError } from './to-error.ts'

export type AsyncMethod<T> = {
  [K in keyof T]: T[K] extends (...args: never[]) => infer R
    ? R extends Promise<unknown>
      ? K
      : never
    : never
}[keyof T]

/**
 * Makes asynchronous methods reject with errors only. Libraries, the engine and
 * the payloads of the application may throw anything, and a signal may be
 * aborted with anything: it is wrapped here, for the whole interface. The
 * compiler sees to it that `methods` has all of them.
 */
export function rejectWithErrors<T extends object>(
  prototype: T,
  methods: Record<AsyncMethod<T>, true>
): void {
  for (const name of Object.keys(methods)) {
    const method = (prototype as Record<string, (...args: unknown[]) => Promise<unknown>>)[name]

    Object.defineProperty(prototype, name, {
      configurable: true,
      writable: true,
      async value(this: T, ...args: unknown[]): Promise<unknown> {
        try {
          return await method?.apply(this, args)
        } catch (err) {
          throw rejection(err, signalOf(args.at(-1)))
        }
      }
    })
  }
}

function rejection(thrown: unknown, signal: AbortSignal | undefined): Error {
  if (thrown instanceof AggregateError && thrown.errors.some((each) => !(each instanceof Error))) {
    return new AggregateError(thrown.errors.map(toError), thrown.message, { cause: thrown })
  }

  if (!(thrown instanceof Error) && signal?.aborted === true && signal.reason === thrown) {
    return Object.assign(new AbortError(`Aborted: ${String(thrown)}`), { cause: thrown })
  }

  return toError(thrown)
}

function signalOf(options: unknown): AbortSignal | undefined {
  const signal =
    typeof options === 'object' && options != null && 'signal' in options ? options.signal : undefined

  return signal instanceof AbortSignal ? signal : undefined
}
