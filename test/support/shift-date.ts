/**
 * To be preloaded into a process (`--import`): its clock is off by
 * `TEST_CLOCK_OFFSET` milliseconds, as that of a machine whose clock is wrong.
 * With the signal SIGUSR2 the clock is set right.
 * Timers and `performance.now()` are not, which no real clock moves either.
 */
let offset = Number(process.env['TEST_CLOCK_OFFSET'] ?? 0)
const RealDate = Date

process.on('SIGUSR2', () => {
  offset = 0
})

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [RealDate.now() + offset] : args, newTarget) as object,
  apply: () => new RealDate(RealDate.now() + offset).toString(),
  get: (target, property, receiver) =>
    property === 'now' ? () => RealDate.now() + offset : (Reflect.get(target, property, receiver) as unknown)
})
