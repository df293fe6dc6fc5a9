import { loadConfig } from '../../../config/index.ts'
import { systemClock } from '../../../lib/clock.ts'
import { atMost } from '../../../lib/wait-for.ts'
import { readControlFile } from '../../../http/control-file.ts'
import { warningJson, watchEvents } from '../../../http/event-json.ts'
import { readyEvent } from '../../../http/node-info.ts'
import { VERSION } from '../../../version.ts'
import { endProcess } from '../../end-process.ts'
import { EXIT_FAILURE, StopTimeoutError } from '../../errors.ts'
import { startFlags } from './flags.ts'
import { StartNotice } from './start-notice.ts'
import { createReporter } from './create-reporter.ts'
import { onStopRequest } from './signals.ts'
import { explainStartError } from './start-errors.ts'
import type { Context } from '../../context.ts'
import type { OptionsOf } from '../../invocation.ts'
import type { Reporter } from './reporter.ts'
import type { StopRequest } from './signals.ts'
import type { RunningNode } from './running-node.ts'
import type { Config } from '../../../config/index.ts'
import type { EventJson } from '../../../http/event-json.ts'

/** What is left after the node's own time to stop, for the control API and the files. */
const STOP_MARGIN_MS = 500

/** Runs a node until it is asked to end. */
export async function start(options: OptionsOf<'start'>, context: Context): Promise<number> {
  const config = loadConfig({ file: options.config, env: context.env, flags: startFlags(options) })
  const stopRequest = onStopRequest(() => void endProcess(EXIT_FAILURE))

  void context.outputClosed.then(stopRequest.ask)

  const notice = new StartNotice(config, context.stderr)

  try {
    const created = create(config)

    await Promise.race([created, stopRequest.asked])

    if (stopRequest.isAsked) {
      await inTime(config, async () => (await created).stop())

      return 0
    }

    const running = await created
    const reporter = await createReporter(options.json, context, () => running.node.nebula.links())

    try {
      await report(running, { reporter, notice, stopRequest })
    } finally {
      reporter.stop()
    }

    return 0
  } catch (error) {
    throw explainStartError(error, config.dataDir, await runningPid(config.dataDir, error))
  } finally {
    notice.end()
    stopRequest.end()
  }
}

async function create(config: Config): Promise<RunningNode> {
  // libp2p is loaded only once the configuration is known to be sound.
  const { RunningNode } = await import('./running-node.ts')

  return RunningNode.create(config, VERSION)
}

/** From the start of the node to its end. Whatever happens before it is ready is told after that. */
async function report(
  running: RunningNode,
  { reporter, notice, stopRequest }: { reporter: Reporter; notice: StartNotice; stopRequest: StopRequest }
): Promise<void> {
  const { nebula, libp2p } = running.node
  const early: EventJson[] = []
  let tell = (event: EventJson): void => {
    early.push(event)
  }
  const unwatch = watchEvents(nebula, systemClock, (event) => tell(event))

  // of what was found while the node was made
  for (const warning of nebula.warnings()) {
    tell({ event: 'warning', time: systemClock.now(), ...warningJson(warning) })
  }

  try {
    notice.created()

    if (!(await isStarted(running, stopRequest))) {
      return
    }

    notice.end()
    reporter.ready(readyEvent({ nebula, libp2p, clock: systemClock }, running.http))
    tell = (event) => reporter.event(event)
    early.forEach(tell)
    followController(running)
    await stopRequest.asked
    await inTime(running.node.config, async () => running.stop())
  } finally {
    unwatch()
  }
}

/** Registers where a controller is configured, and waits for it; both end when the node stops. */
function followController({ node }: RunningNode): void {
  if (node.config.controller.url == null) {
    return
  }

  const follow = async (): Promise<void> => {
    await node.nebula.register({ retry: true })
    await node.nebula.waitForController()
  }

  // what fails is told as a warning while it lasts; only stopping ends the two
  follow().catch((error: unknown) =>
    node.libp2p.logger.forComponent('nebula:controller')('ended - %e', error)
  )
}

/** Starts the node; when it is asked to end meanwhile, it is stopped instead. */
async function isStarted(running: RunningNode, stopRequest: StopRequest): Promise<boolean> {
  const started = running.start()

  await Promise.race([started, stopRequest.asked])

  if (!stopRequest.isAsked) {
    return true
  }

  // what fails now fails because the node is stopped
  await inTime(running.node.config, async () => Promise.all([running.stop(), started.catch(() => {})]))

  return false
}

/** @throws {StopTimeoutError} when it takes longer than a node may take to stop */
async function inTime({ stopTimeout }: Config, stop: () => Promise<unknown>): Promise<void> {
  const timeout = stopTimeout + STOP_MARGIN_MS
  const stopped = stop().then(() => true)

  if ((await atMost(systemClock, timeout, stopped)) == null) {
    throw new StopTimeoutError(timeout)
  }
}

/** Of the node that holds the data directory, as far as it says. Read only for that: reading may never return. */
async function runningPid(dataDir: string | null, error: unknown): Promise<number | undefined> {
  return dataDir == null || (error as Error).name !== 'DataDirLockedError'
    ? undefined
    : (await readControlFile(dataDir).catch(() => undefined))?.pid
}
