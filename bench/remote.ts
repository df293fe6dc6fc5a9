import { fork } from 'node:child_process'
import { stopProcess } from '../test/support/stop-process.ts'
import type { ChildProcess } from 'node:child_process'
import type { Answer, Api, Call } from './serve.ts'

/** A process that runs one end of a benchmark, and what it offers to the process that measures. */
export class Remote<T extends Api> {
  readonly child: ChildProcess
  readonly #calls = new Map<number, PromiseWithResolvers<unknown>>()
  readonly #script: URL
  #last = 0

  /** @param script - a module that calls `serve` with an object of the type `T` */
  constructor(script: URL) {
    this.#script = script
    this.child = fork(script, {
      serialization: 'advanced',
      // what a benchmark prints is its figures
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: ['--expose-gc', '--no-warnings']
    })
    this.child.on('message', (answer: Answer) => this.#onAnswer(answer))
    this.child.once('exit', (code, signal) => {
      for (const { reject } of this.#calls.values()) {
        reject(new Error(`${script.pathname} ended with ${code ?? signal}`))
      }
    })
  }

  /** Calls a function of the process; rejects with what it throws. */
  async call<K extends keyof T & string>(
    name: K,
    ...args: Parameters<T[K]>
  ): Promise<Awaited<ReturnType<T[K]>>> {
    const call: Call = { id: ++this.#last, name, args }
    const result = Promise.withResolvers<unknown>()

    if (!this.child.connected) {
      throw new Error(`${this.#script.pathname} ended before ${name} was called`)
    }

    this.#calls.set(call.id, result)
    this.child.send(call)

    return result.promise as Promise<Awaited<ReturnType<T[K]>>>
  }

  async stop(): Promise<void> {
    await stopProcess(this.child)
  }

  #onAnswer({ id, error, value }: Answer): void {
    const call = this.#calls.get(id)

    this.#calls.delete(id)

    if (error == null) {
      call?.resolve(value)
    } else {
      call?.reject(new Error(`${this.#script.pathname}: ${error}`))
    }
  }
}

/** Runs a measurement with processes that are stopped whatever comes of it. */
export async function withRemotes<R>(
  remotes: Array<{ stop(): Promise<void> }>,
  measure: () => Promise<R>
): Promise<R> {
  try {
    return await measure()
  } finally {
    await Promise.all(remotes.map(async (remote) => remote.stop()))
  }
}
