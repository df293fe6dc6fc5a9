import type { Api } from '../serve.ts'

/** A message as every node but its origin gets it, once. */
export interface Load {
  /** Messages of each origin. */
  messages: number
  /** Milliseconds between two messages of an origin. */
  interval: number
  characters: number
}

export interface Usage {
  /** Seconds of CPU, of user and system. */
  cpu: number
  /** Bytes written to sockets. */
  bytes: number
}

/** The nodes of a mesh that one process runs. */
export interface MeshPart extends Api {
  /** @returns the address of each node */
  start(count: number): Promise<string[]>
  connect(local: number, addresses: string[]): Promise<void>
  /** Resolves when each node passes on to so many others. */
  ready(degree: number): Promise<void>
  /** Every node is to get so many messages, each once and right. */
  expect(messagesPerNode: number, characters: number): Promise<void>
  /** One node sends what no compressor makes smaller to all others. @returns its hash */
  sendBulk(local: number, bytes: number, seed: number): Promise<string>
  /** The hashes of what has come whole, one for each node that got something; waits for so many. */
  bulk(count: number): Promise<string[]>
  /** Every node sends. */
  flood(load: Load): Promise<void>
  /** Resolves when all have come, each once. */
  received(): Promise<void>
  /** What was used since the process began. */
  usage(): Promise<Usage>
}
