import { expect, it } from "vitest";
import { TestApi } from "../../testing/api.ts";
import { PODS } from "../../testing/objects.ts";

it.each([
  ["POST", `${PODS}/one/exec`, "pods/exec"],
  ["POST", `${PODS}/one/portforward`, "pods/portforward"],
  ["GET", `${PODS}/one/attach`, "pods/attach"],
  ["POST", "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies", "admission policies"],
])("%s %s is refused by name", async (method, path, named) => {
  const api = await TestApi.start();
  try {
    const { status, body } = await api.call(method, path, method === "POST" ? {} : undefined);
    expect(status).toBe(404);
    expect(body.message).toContain(named);
  } finally {
    await api.stop();
  }
});
