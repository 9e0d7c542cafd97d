// The few things of a browser that the client touches when its modules are loaded.
Object.assign(globalThis, {
  location: { pathname: '/demo/', hash: '' },
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
})
