import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

/** The folder of what is shipped for Prometheus, Alertmanager and Grafana. */
export const SHIPPED = join(import.meta.dirname, "../../apps/mini-controller/deploy/monitoring");

/** One query of the dashboard, with the labels that its legend shows. */
export interface DashboardQuery {
  readonly panel: string;
  readonly expr: string;
  readonly legend: readonly string[];
}

export function dashboardQueries(): readonly DashboardQuery[] {
  const { panels } = JSON.parse(read("dashboard.json")) as {
    panels: { title: string; targets: { expr: string; legendFormat: string }[] }[];
  };
  return panels.flatMap(({ title, targets }) =>
    targets.map(({ expr, legendFormat }) => ({
      panel: title,
      expr,
      legend: [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = ""]) => label),
    })),
  );
}

/** Whether the ServiceMonitor has Prometheus keep the labels that a metric brings along. */
export function honorsLabels(): boolean {
  const { spec } = parse(read("service-monitor.yaml"));
  return spec.endpoints[0].honorLabels === true;
}

function read(file: string): string {
  return readFileSync(join(SHIPPED, file), "utf8");
}
