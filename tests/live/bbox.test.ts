import { testLifecycle } from "./lifecycle.ts";
import { serve } from "./serve.ts";

const settings = `telemetry: { enabled: false }
run_coordinator: { module: dagster.core.run_coordinator, class: DefaultRunCoordinator }`;
const web = "DAGSTER_HOME=$PWD dagster-webserver --module-name dagster_wait --port $PORT";
const backend = await serve("dagster-webserver", `echo '${settings}' > dagster.yaml; ${web}`);
const names = 'repository_name = "__repository__", repository_location_name = "dagster_wait"';
const config = `webserver.server_addr = "127.0.0.1:PORT"
processes.dagster_backend = { graphql_url = "${backend.baseUrl}/graphql", ${names}, request_timeout = 60000 }`;
const write = `echo '${config}' | sed s/PORT/$PORT/ > bbox.toml`;
const server = await serve("bbox-processes-server", `${write}; bbox-processes-server --config bbox.toml serve`);
const inputs = (seconds: number, fail: boolean) => ({ ops: { sleep: { config: { seconds, fail } } } });

testLifecycle("bbox-0.6.1", { server, backend, inputs });
