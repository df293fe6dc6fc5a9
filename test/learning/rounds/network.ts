/** Round machines that speak over a network of a test's own: time passes when the test says so. */
import assert from 'node:assert/strict'
import type {
  CountedUpdate,
  Input,
  Message,
  Output,
  RoundMachine
} from '../../../src/learning/rounds/index.ts'

export interface NetworkInit<M> {
  /** The result of training. */
  train(node: string, round: number, model: M): M | Promise<M>
  aggregate(node: string, round: number, updates: Array<CountedUpdate<M>>): M | Promise<M>
  /** Milliseconds that training takes; infinite when it hangs, not a number when it fails at once. @default 100 */
  trainMs?(node: string, round: number): number
  /** Milliseconds that aggregation takes. @default 10 */
  aggregateMs?(node: string, round: number): number
  /** Milliseconds that a message is on its way; infinite when it is lost. @default 5 */
  messageMs?(from: string, to: string, message: Message<M>): number
}

export type Logged<M> = { node: string; at: number } & Output<M>

interface Event<M> {
  at: number
  order: number
  node: string
  input: Input<M> | (() => Input<M> | Promise<Input<M>>)
  /** The machine that it is for: another may have taken its name since. */
  machine: RoundMachine<M>
}

export class Network<M> {
  /** All that the machines have put out. */
  readonly log: Array<Logged<M>> = []
  readonly #init: NetworkInit<M>
  readonly #machines = new Map<string, RoundMachine<M>>()
  readonly #links = new Set<string>()
  #events: Array<Event<M>> = []
  #order = 0
  #now = 0

  constructor(init: NetworkInit<M>) {
    this.#init = init
  }

  get now(): number {
    return this.#now
  }

  machine(node: string): RoundMachine<M> {
    const machine = this.#machines.get(node)

    assert.ok(machine != null)

    return machine
  }

  get nodes(): string[] {
    return [...this.#machines.keys()]
  }

  add(node: string, machine: RoundMachine<M>): void {
    this.#machines.set(node, machine)
  }

  link(a: string, b: string): void {
    this.#links.add(pair(a, b))
    this.input(a, { type: 'peer', peer: b, present: true })
    this.input(b, { type: 'peer', peer: a, present: true })
  }

  unlink(a: string, b: string): void {
    if (this.#links.delete(pair(a, b))) {
      this.input(a, { type: 'peer', peer: b, present: false })
      this.input(b, { type: 'peer', peer: a, present: false })
    }
  }

  linked(a: string, b: string): boolean {
    return this.#links.has(pair(a, b))
  }

  /** The node is gone; the others see it. */
  kill(node: string): void {
    this.#machines.delete(node)

    for (const other of this.nodes) {
      this.unlink(node, other)
    }
  }

  /** Gives an input now. */
  input(node: string, input: Input<M>, after = 0): void {
    const machine = this.#machines.get(node)

    if (machine != null && after < Infinity) {
      this.#events.push({ at: this.#now + after, order: this.#order++, node, input, machine })
    }
  }

  /** Handles what is due until that time, and lets the machines wake. */
  async run(until: number): Promise<void> {
    for (;;) {
      const event = this.#next()

      if (event == null || event.at > until) {
        break
      }

      this.#events = this.#events.filter((other) => other !== event)
      this.#now = Math.max(this.#now, event.at)

      if (this.#machines.get(event.node) === event.machine) {
        const input = typeof event.input === 'function' ? await event.input() : event.input

        for (const output of event.machine.handle(input, this.#now)) {
          this.log.push({ node: event.node, at: this.#now, ...output })
          this.#carryOut(event.node, event.machine, output)
        }
      }
    }

    this.#now = until
  }

  /** The earliest event, or the earliest time at which a machine wants to wake. */
  #next(): Event<M> | undefined {
    const wakes = this.nodes.flatMap((node): Array<Event<M>> => {
      const machine = this.machine(node)
      const at = machine.wakeAt

      return at == null ? [] : [{ at, order: Infinity, node, input: { type: 'tick' }, machine }]
    })
    const [first] = [...this.#events, ...wakes].sort((a, b) => a.at - b.at || a.order - b.order)

    return first
  }

  #carryOut(node: string, machine: RoundMachine<M>, output: Output<M>): void {
    const { train, aggregate, trainMs, aggregateMs, messageMs } = this.#init

    if (output.type === 'train') {
      const { round, model } = output
      const ms = trainMs?.(node, round) ?? 100

      if (Number.isNaN(ms)) {
        this.input(node, { type: 'train-failed', round })
      } else {
        this.#later(node, machine, ms, async () => ({
          type: 'trained',
          round,
          model: await train(node, round, model)
        }))
      }
    } else if (output.type === 'aggregate') {
      const { round, updates } = output

      this.#later(node, machine, aggregateMs?.(node, round) ?? 10, async () => ({
        type: 'aggregated',
        round,
        model: await aggregate(node, round, updates)
      }))
    } else if (output.type === 'send') {
      for (const to of output.to) {
        if (this.linked(node, to)) {
          const { message } = output

          this.input(to, { type: 'message', from: node, message }, messageMs?.(node, to, message) ?? 5)
        }
      }
    }
  }

  #later(node: string, machine: RoundMachine<M>, after: number, input: () => Promise<Input<M>>): void {
    if (after < Infinity) {
      this.#events.push({ at: this.#now + after, order: this.#order++, node, input, machine })
    }
  }
}

/** Links all nodes with each other, or as a ring. */
export function connect<M>(network: Network<M>, topology: 'full' | 'ring'): void {
  const { nodes } = network

  for (const [at, node] of nodes.entries()) {
    for (const other of topology === 'full' ? nodes.slice(at + 1) : [nodes[(at + 1) % nodes.length]]) {
      if (other != null && other !== node) {
        network.link(node, other)
      }
    }
  }
}

function pair(a: string, b: string): string {
  return [a, b].sort().join(' ')
}
