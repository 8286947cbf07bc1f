/**
 * What the parts together promise, one sentence each. Scenarios and proofs cite these ids; `requirements.test.ts` holds that
 * each is cited by one at least.
 */
export const REQUIREMENTS = {
  "SWAP-70-LISTED":
    "A node that ended with 70 for a plan with a listed image gets exactly that image in its workload's template.",
  "SWAP-70-PAST-HEIGHT": "A swapped node is Recovered only when its /status shows a height past the plan's.",
  "SWAP-70-STAY-ALIVE":
    "A node that halted for 70 and stays alive is found by its halt_intent and swapped as well.",
  "SWAP-70-ROLLING":
    "A StatefulSet with RollingUpdate, which would wait for its broken pod for ever, is freed by deleting that pod.",
  "SWAP-70-DEPLOYMENT": "A node that is run by a Deployment is swapped in the Deployment's template.",
  "SWAP-70-CUSTOM-RESOURCE":
    "A node that is run by a custom resource is swapped in that resource, and in nothing that is made from it.",
  "OWN-WORKLOAD":
    "A pod only has the workload changed that truly made it: by controller reference, UID, selector and name.",
  "SHARED-TEMPLATE":
    "A template of several pods changes only when every one of them has halted for the plan: missing, pending and unknown pods have not.",
  "ONE-PARTITION":
    "With roll OnePartition the last ordinals are swapped, and the others keep their pods and their image, drained or not.",
  "PARTITION-EXCLUDES":
    "A partition that keeps the halted pod on its image is told of, and no pod is deleted for nothing.",
  "ONE-VALIDATOR":
    "No image is set and no pod deleted while another pod that was not seen to end may run as the same validator.",
  "OWNED-BY":
    "An object that an owner or a GitOps tool manages is left to that, and the page names it and the field.",
  "OWNER-SET":
    "The image is set in the owner that the policy names, once every node under it has halted, unless a tool manages that one.",
  "SWAP-70-DIGEST": "An image that is listed by digest is run by that digest.",
  "SWAP-70-EXACT-PLAN": "Only an image listed for exactly the plan that halted the node is ever run.",
  "SWAP-70-NEXT-PLAN": "The same node halting at its next plan is a halt of its own, and is swapped again.",
  "UNLISTED-MISSING":
    "A 70 with nothing listed becomes Upgrading=Unknown with reason ImageMappingMissing, an Event and one page.",
  "UNLISTED-NO-SWAP": "A 70 with nothing listed changes no workload and deletes no pod.",
  "UNLISTED-LATER": "A 70 whose image is listed later is swapped then, without a hand.",
  "INFO-IS-DATA": "The plan's info, whatever URL or image it holds, changes nothing in what is done.",
  "TOO-NEW-PAGED": "A 71 is paged once.",
  "TOO-NEW-ROLLBACK": "A 71 goes back to the image that ran before, and never forward.",
  "TOO-NEW-PROVEN":
    "A 71 goes back only to an image that provably ran directly before: a record alone, or one from before another image ran, leads nowhere.",
  "SAME-CONTAINER":
    "An image is set only in the container that the policy still names: one that is listed for another container is none for it.",
  "STRANGERS-ASKED":
    "Pods that look like nodes and that no policy selects are asked which validator they are, and one that does not say so holds the swap.",
  "TOO-NEW-DEPLOYMENT": "A 71 of a Deployment goes back to the image of the ReplicaSet that ran before.",
  "TOO-NEW-CUSTOM-RESOURCE": "A 71 of a custom resource goes back to the image that ran before.",
  "DOWNGRADE-PAGED": "A 72 is paged once.",
  "DOWNGRADE-LEFT": "A 72 is left exactly as it is: no restart, no new image.",
  "UNRECOGNISED-HELD":
    "A halt whose reason this reader doesn't know is held and paged, and nothing is changed.",
  "CRASH-KUBELET": "A crash is left to the kubelet's restarts: no page, no new image, no journal of a halt.",
  "INFERRED-PAGED":
    "A node that panics without announcing its halt is held and paged, and its NodeHalt says from what that was inferred.",
  "INFERRED-ACT":
    "Where the policy says Act it is swapped, as a listed upgrade of that chain, plan and height.",
  "INFERRED-STANDSTILL":
    "A node that lives on after its halt is one too, once it has stood still at the plan's height for 30 s.",
  "INFERRED-IGNORED": "Where the policy says Ignore it is a crash, which is left to the kubelet.",
  "INFERRED-RIGHT":
    "Without the right to read logs a condition and one Event say so, and what can be seen is judged as before.",
  "INFERRED-71-72": "71 and 72 that were inferred are paged and held, whatever the policy says.",
  LATCH: "A node that halted with 70 and crashes while it restarts is still that halt.",
  "JOURNAL-ONE": "One halt has one NodeHalt, whose steps are in order and written before their effects.",
  "SECOND-HALT":
    "Another halt of the same pod, for another reason or another plan, has a journal and a page of its own, and nothing is done for the first.",
  "PUT-RIGHT":
    "A halted pod that runs again is left alone from then on, and whoever was paged is told that it is over.",
  "ODD-VALUES":
    "A halt whose node announces values that no schema takes is recorded without them, held and paged.",
  FORGED: "A NodeHalt that somebody else wrote leads to nothing, and hides nothing.",
  ABORTED: "A halt that a person aborted is left alone, and so is the template that its pod shares.",
  "CONTROLLER-KILLED": "A controller killed in the middle and started again comes to the same end.",
  "EXACTLY-ONCE": "No page and no swap is doubled, whatever was killed.",
  "CONTROLLER-RIGHTS":
    "The controller works under the ServiceAccount of its manifests, with the rights these give it.",
  RIGHTS: "Each right that the manifests give the controller's ServiceAccount is used, and none is missing.",
  INSTALL:
    "The kustomization, alone and with its parts, is what a real API server takes, under the restricted pod level.",
  "CHART-ONE-SOURCE": "The chart and the kustomization render the same objects.",
  "CHART-LIFE":
    "The chart is installed, upgraded with its definitions, rolled back and uninstalled; policies and journals outlive it.",
  "CHART-NAMESPACED": "The chart watches one namespace with Roles of that namespace alone.",
  "CHART-SWAP": "A node is swapped by the controller as the chart installs it.",
  "RELEASE-FILES":
    "The chart, a policy and a swap come of the files of a release alone: the packed chart and the packed controller.",
  "CHART-REFUSED":
    "Values that don't fit, and a second installation, are refused before anything is changed.",
  "ONE-FILE":
    "One file without Node says and does what the installed command does, and two builds of it are the same bytes.",
  DEBIAN:
    "The Debian package brings a unit that holds a halted node; upgrading it restarts nothing, removing it under a node that runs is refused, purging it leaves nothing.",
  IMAGE:
    "The image of each Dockerfile starts as its own user, who is not root, on a root that is read-only, and its SBOM lists all of it.",
  KUBECTL:
    "kubectl explains every field, and lists both kinds by short names with columns that tell what happened.",
  CACHING:
    "What is built and tested once is not built and tested again, and whatever reads a changed file is.",
  PLUGIN:
    "kubectl upgrade-halt says why a node waits; what a person approves, pauses or aborts there holds, and can be taken back.",
  "MAX-CONCURRENT": "Never more swaps are in flight than maxConcurrent allows, and all nodes come through.",
  "ERROR-BUDGET":
    "Once as many swaps failed as the error budget allows, no further node is swapped until a person acknowledges.",
  "READINESS-GATE":
    "A halted node that stays alive is not Ready where its pod has the controller's readiness gate.",
  PAUSED: "A paused policy records its halts and changes nothing until it is resumed.",
  "DRY-RUN": "A dry-run policy records what it would do and changes nothing.",
  "NOT-RECOVERED":
    "A swapped node that doesn't come back in time is Failed and paged, and is not tried again blindly.",
  "PAGER-DOWN": "A page that could not be delivered is delivered once when its receiver is back.",
  "ALERTS-INHIBITED":
    "Other alerts about a node are inhibited while the controller deals with its upgrade, and not once it failed.",
  "ALERT-RULES-LIVE": "The shipped rules fire on what a real controller exposes, each halt counted once.",
  "DASHBOARD-LIVE":
    "Each query of the shipped dashboard is answered from what a real controller exposes, with the right numbers.",
  "PAGE-ALERTMANAGER": "A page reaches a real Alertmanager as one alert, however often it is sent.",
  "PAGE-RESOLVED": "Whoever was paged is told once the halt is over, under the page's own key.",
  "PAGE-STANDS":
    "The alert of a page fires for as long as nobody put the node right, also when Alertmanager forgot it.",
  "FAULT-CONFLICTS": "A storm of conflicts (409) changes nothing about how a halt ends.",
  "FAULT-EXPIRED":
    "Watches that are too old (410, as an answer or in the stream) are begun anew, and nothing is missed.",
  "FAULT-RETRY-AFTER":
    "What is refused with 429, or a watch that ends with it, is not asked for again before the time that was named.",
  "FAULT-SERVER-ERRORS": "Requests that fail with 500 are made again until they succeed.",
  "FAULT-LOST-ANSWERS": "What the server did although its answer was lost is done once.",
  "FAULT-WATCH-CUT": "Watches that are cut again and again miss nothing.",
  "PAGE-GIVEN-CLUSTER":
    "The page over a cluster that was given shows nodes, halts and journals, and changes something only in the namespace that was named.",
  "FAULT-SERVER-RESTART": "A halt while the API server is away is found when it is back.",
  "FAULT-SLOW": "A server that answers slowly and in pieces delays the end, and changes nothing about it.",
  "FAULT-HALF-OPEN":
    "A request that is never answered, or a watch that falls silent, is given up and begun anew.",
  "LEADER-KILLED": "When the leader is killed another finishes what it began.",
  "LEADER-PARTITIONED":
    "A leader that is cut off stops by itself, and what it sent arrives too late to change anything.",
  "LEADER-PAUSED":
    "A leader that was stopped past its lease writes nothing when it goes on, whatever it had in hand.",
  "CLOCK-JUMP": "A clock that is set, ahead or back, ends no recovery early and doubles nothing.",
  "MEDDLED-POD": "A pod that a person deletes in the middle of a swap is replaced once.",
  "MEDDLED-POLICY":
    "A policy that is changed, deleted or contradicted in the middle of a swap never leads to an image that is not listed.",
  "WRONG-IMAGE": "A listed image that halts for the same plan is Failed, paged once and never tried again.",
  "POLICY-GOVERNS": "Of several policies that select a pod the oldest governs it, and the others say so.",
  "IN-PLACE":
    "A pod whose image is changed in place and which halts again is a halt of its own, and the one before is over.",
  "POLICY-BAD-CR": "A malformed HaltPolicy is refused by the API server, and the answer names the field.",
  "POLICY-ODD":
    "A policy that matches nothing, everything or the wrong thing says so in a condition and an Event, and nothing crashes.",
  "MEMORY-BOUNDED": "Pods that no policy selects cost little memory, however large they are.",
  "SECRETS-MARKED": "Only a Secret that says itself that it is for paging is read for paging.",
  "PAGING-HOSTS": "Pages go to no receiver that whoever runs the controller did not name.",
  "SECRETS-HIDDEN": "What a Secret holds is sent to its pager, and is in no log, Event, metric or status.",
  "LOGS-KEYED": "Logs are JSON lines, and those about a halt carry the halt's key.",
  "SECRET-MISSING": "A policy whose pager secret is missing says so in a condition, and nothing crashes.",
  "DEMO-WHOLE": "The demo tells the whole run as JSON lines and ends with 0.",
  "DEMO-KEEP": "With --keep the demo leaves its cluster running and says how to reach it.",
  "DEMO-CLEAN": "The demo leaves no process behind, whenever it is interrupted.",
  "BAD-INPUT":
    "Unknown flags and a kubeconfig to nowhere give one clear sentence and exit code 64 or 1, no stack trace.",
  BOUNDARIES:
    "A package imports only what the architecture allows it, and the contract alone spells the codes.",
} as const satisfies Readonly<Record<string, string>>;

export type RequirementId = keyof typeof REQUIREMENTS;
