/** A node with its control API, and the files by which commands find it. */
import { createNode } from '../../../node/index.ts'
import { createControlServer } from '../../../http/index.ts'
import { join } from 'node:path'
import {
  ensureToken,
  READ_ONLY_TOKEN_FILE,
  removeControlFile,
  SOCKET_FILE,
  writeControlFile
} from '../../../http/control-file.ts'
import { ClientEngine } from '../../../engine/index.ts'
import type { Config } from '../../../config/index.ts'
import type { ControlServer } from '../../../http/index.ts'
import type { NebulaNode } from '../../../node/index.ts'

export class RunningNode {
  readonly node: NebulaNode
  readonly #control?: ControlServer
  readonly #dataDir: string | null

  private constructor(node: NebulaNode, control: ControlServer | undefined) {
    this.node = node
    this.#control = control
    this.#dataDir = node.config.dataDir
  }

  /** A node that is not started yet, so that nothing it tells is missed. */
  static async create(config: Config, version: string): Promise<RunningNode> {
    const engine = new ClientEngine()
    const node = await createNode(config, { start: false, engine })

    try {
      return new RunningNode(node, await controlServerOf(node, engine, version))
    } catch (error) {
      await node.stop()
      throw error
    }
  }

  /** The control API's address while it runs. */
  get http(): string | null {
    return this.#control?.address ?? null
  }

  async start(): Promise<void> {
    const [started, listening] = await Promise.allSettled([this.node.start(), this.#control?.start()])

    try {
      for (const result of [started, listening]) {
        if (result.status === 'rejected') {
          throw result.reason
        }
      }

      if (this.#dataDir != null && this.http != null) {
        await writeControlFile(this.#dataDir, { address: this.http, pid: process.pid })
      }
    } catch (error) {
      await this.stop()
      throw error
    }
  }

  async stop(): Promise<void> {
    try {
      // The file goes while the node still holds the directory: afterwards it could be another node's.
      if (this.#dataDir != null && this.#control != null) {
        await removeControlFile(this.#dataDir)
      }
    } finally {
      await Promise.all([this.#control?.stop(), this.node.stop()])
    }
  }
}

/** None without a data directory: no command could find it, nor know its token. */
async function controlServerOf(
  node: NebulaNode,
  engine: ClientEngine,
  version: string
): Promise<ControlServer | undefined> {
  const { http, dataDir } = node.config

  if (!http.enabled || dataDir == null) {
    return undefined
  }

  return createControlServer(
    {
      nebula: node.nebula,
      libp2p: node.libp2p,
      logger: node.libp2p.logger,
      metrics: node.metrics,
      engine,
      warnings: node.warnings
    },
    {
      token: await ensureToken(dataDir),
      readOnlyToken: await ensureToken(dataDir, READ_ONLY_TOKEN_FILE),
      socket: http.socket && process.platform !== 'win32' ? join(dataDir, SOCKET_FILE) : undefined,
      host: http.host,
      port: http.port,
      maxConnections: http.maxConnections,
      maxBodyBytes: http.maxBodyBytes,
      events: { maxClients: http.maxEventClients, maxBufferBytes: http.maxEventBufferBytes },
      agent: `nebula-overlay/${version}`,
      version
    }
  )
}
