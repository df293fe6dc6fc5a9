import { until } from '../../support/overlay-nodes.ts'
import type { ReceivedMessage } from '../../../src/index.ts'
import type { OverlayNode } from '../../support/overlay-nodes.ts'

/** Collects what a node receives. */
export class Messages {
  readonly all: ReceivedMessage[] = []
  readonly #what: string

  constructor(node: OverlayNode) {
    this.#what = `messages at ${node.peerId}`
    node.services.nebula.addEventListener('message', ({ detail }) => {
      this.all.push(detail)
    })
  }

  /** What came, as `type:action`. */
  get names(): string[] {
    return this.all.map(({ message }) => `${message.type}:${message.action}`)
  }

  async reach(count: number): Promise<void> {
    await until(`${count} ${this.#what}`, () => this.all.length >= count)
  }
}
