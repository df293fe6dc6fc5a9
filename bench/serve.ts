/** Functions that another process may call. */
export type Api = Record<string, (...args: never[]) => unknown>

export interface Call {
  id: number
  name: string
  args: unknown[]
}

export interface Answer {
  id: number
  value?: unknown
  /** The stack of what was thrown. */
  error?: string
}

/** Answers the calls of the process that started this one, and ends with it. */
export function serve(api: Api): void {
  process.on('message', ({ id, name, args }: Call) => {
    void answer(api[name] as ((...args: unknown[]) => unknown) | undefined, args).then((result) =>
      process.send?.({ id, ...result })
    )
  })
  process.once('disconnect', () => process.exit())
  // an exit of its own, so that `NODE_OPTIONS=--cpu-prof` gives a profile
  process.once('SIGTERM', () => process.exit())
}

async function answer(
  method: ((...args: unknown[]) => unknown) | undefined,
  args: unknown[]
): Promise<Omit<Answer, 'id'>> {
  try {
    return { value: await method?.(...args) }
  } catch (err) {
    return { error: err instanceof Error ? (err.stack ?? err.message) : String(err) }
  }
}
