declare module 'dynalite' {
  import type { Server } from 'node:http';
  /** Times are milliseconds that a table spends in the state before it is active. */
  export default function dynalite(options?: {
    createTableMs?: number;
    updateTableMs?: number;
    deleteTableMs?: number;
  }): Server;
}
