/**
 * The parts of the platforms that the recipes use, so that `npm test` compiles all of them.
 * `npm test platforms` compiles them with the real types of each platform.
 */

declare const Deno: { serve(handler: (request: Request) => Promise<Response>): void };

declare interface Workflow<Params> {
  create(options: { id: string; params: Params }): Promise<{ status(): Promise<unknown> }>;
  get(id: string): Promise<{ status(): Promise<unknown> }>;
}

declare module "cloudflare:workers" {
  export type WorkflowEvent<Params> = { readonly payload: Params };
  export interface WorkflowStep {
    do<T>(name: string, step: () => Promise<T>): Promise<T>;
    do<T>(name: string, config: { retries: object }, step: () => Promise<T>): Promise<T>;
    sleep(name: string, milliseconds: number): Promise<void>;
  }
  export abstract class WorkflowEntrypoint<Env, Params> {
    readonly env: Env;
    abstract run(event: WorkflowEvent<Params>, step: WorkflowStep): Promise<unknown>;
  }
}

declare module "msw" {
  export const http: { get(url: string, respond: () => Response): unknown };
  export const HttpResponse: { json(body: unknown, init?: ResponseInit): Response };
}

declare module "msw/node" {
  export function setupServer(...handlers: unknown[]): { listen(): void; close(): void };
}

declare module "@tanstack/react-query" {
  export type UseQueryResult<Data> = { readonly data: Data | undefined; readonly error: unknown };
  type Client = { setQueryData(key: readonly unknown[], data: unknown): void };
  type Context = { readonly client: Client; readonly queryKey: readonly unknown[]; readonly signal: AbortSignal };
  type Options<Data> = { queryKey: readonly unknown[]; queryFn(context: Context): Promise<Data>; retry: false };
  export function useQuery<Data>(options: Options<Data>): UseQueryResult<Data>;
}
