/** The ends of runs, posted; loads neither Fastify nor a driver. */
export { callbackView } from './callbacks/callback-view.ts';
export { startCallbacks } from './callbacks/send-callbacks.ts';
export type { CallbackSender, Post } from './callbacks/send-callbacks.ts';
