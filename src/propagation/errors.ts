/** There is no room for the model beside those in use. */
export class ModelStoreFullError extends Error {
  constructor(message = 'There is no room for the model') {
    super(message)
    this.name = 'ModelStoreFullError'
  }
}

/** The disk has no room for the model; what had been written of it is dropped. */
export class DiskFullError extends Error {
  constructor(message = 'The disk has no room for the model', options?: ErrorOptions) {
    super(message, options)
    this.name = 'DiskFullError'
  }
}

/** The model is no longer kept. */
export class ModelGoneError extends Error {
  constructor(message = 'The model is no longer kept') {
    super(message)
    this.name = 'ModelGoneError'
  }
}

/** A model did not arrive whole: every source was lost. What has come is kept for a while. */
export class ModelTransferError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ModelTransferError'
  }
}
