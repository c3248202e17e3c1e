package dev.tocsin.importing;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a configuration of Alertmanager v0.31.1: a file, or the spec of an object of an operator. Each receiver becomes
 * a ContactPoint, the tree of routes one NotificationPolicy.
 */
final class AlertmanagerReader {
    private static final String RESOLVE_TIMEOUT = "5m";

    /** A file: it is the whole tree of its Alertmanager. */
    void readFile(Document document, Harvest harvest) {
        new Configuration(document, Fields.of(document.tree()), true, harvest).read();
    }

    /** AlertmanagerConfig of prometheus-operator and VMAlertmanagerConfig: one namespace's part of a tree. */
    void readObject(Document document, Harvest harvest) {
        document.tree().done("apiVersion", "kind", "metadata", "status");
        document.tree()
                .get("spec")
                .ifPresent(spec -> new Configuration(document, Fields.of(spec), false, harvest).read());
    }

    /** One configuration. */
    private static final class Configuration {
        private final Document document;
        private final Fields fields;
        private final boolean isFile;
        private final Harvest harvest;
        private final Optional<Fields> global;
        private final Map<String, String> contactPoints = new HashMap<>();

        Configuration(Document document, Fields fields, boolean isFile, Harvest harvest) {
            this.document = document;
            this.fields = fields;
            this.isFile = isFile;
            this.harvest = harvest;
            this.global = isFile ? fields.get("global").filter(Tree::isMapping).map(Fields::of) : Optional.empty();
        }

        void read() {
            resolveTimeout();
            Templates templates = new Templates(document.namespace(), document.name(), harvest);
            if (isFile) {
                templates.read(fields.items("templates"));
            }
            List<Tree> receivers = fields.items("receivers");
            receivers.forEach(receiver -> name(receiver));
            receivers.forEach(receiver -> contactPoint(receiver, templates));
            templates.reportUnused();
            TimingReader timings = new TimingReader(harvest);
            timings.read(fields.items("timeIntervals"));
            timings.read(fields.items("muteTimeIntervals"));
            fields.get("route").ifPresent(route -> policy(route, timings));
            global.ifPresent(ReceiverReader::settleUnused);
        }

        private void resolveTimeout() {
            global.flatMap(section -> section.get("resolveTimeout"))
                    .filter(timeout -> !Durations.millis(timeout.text()).equals(Durations.millis(RESOLVE_TIMEOUT)))
                    .ifPresent(timeout -> harvest.left(
                            timeout,
                            "field resolve_timeout",
                            "is " + RESOLVE_TIMEOUT + " for alerts that others send without an end; those of AlertRules"
                                    + " have one"));
        }

        private void name(Tree receiver) {
            String name = Fields.of(receiver).text("name").orElse("");
            String wanted = isFile ? name : document.name() + " " + name;
            contactPoints.computeIfAbsent(
                    name,
                    absent -> harvest.reserve(
                            Kind.ContactPoint,
                            document.namespace(),
                            wanted,
                            document.tree().source() + "\n" + name));
        }

        private String contactPoint(Tree route, String receiver) {
            String known = contactPoints.get(receiver);
            if (known != null) {
                return known;
            }
            String wanted = Names.slug(receiver);
            contactPoints.put(receiver, wanted);
            harvest.left(
                    route,
                    "receiver " + receiver,
                    "is not among the receivers, and a route refers to it: create the ContactPoint " + wanted);
            return wanted;
        }

        private void contactPoint(Tree receiver, Templates templates) {
            Fields sections = Fields.of(receiver);
            String receiverName = sections.text("name").orElse("");
            String name = String.valueOf(contactPoints.get(receiverName));
            ReceiverReader reader =
                    new ReceiverReader(harvest, global, new SecretStore(harvest, document.namespace(), name), isFile);
            ObjectNode spec = Harvest.mapping();
            ArrayNode receivers = spec.putArray("receivers");
            boolean givesSome = false;
            for (String kind : ReceiverReader.kinds()) {
                List<Tree> configurations = sections.items(kind + "Configs");
                givesSome |= !configurations.isEmpty();
                for (int i = 0; i < configurations.size(); i++) {
                    reader.read(kind, i, configurations.get(i)).ifPresent(receivers::add);
                }
            }
            if (givesSome && receivers.isEmpty()) {
                harvest.left(
                        receiver,
                        "receiver " + receiverName,
                        "nothing of it can be carried over; create the ContactPoint " + name
                                + ", to which the policy refers");
                return;
            }
            templates.attach(spec);
            harvest.add(
                    new Harvest.Draft(Kind.ContactPoint, document.namespace(), List.of(name), receiver, spec),
                    "receiver " + receiverName);
        }

        private void policy(Tree route, TimingReader timings) {
            RouteReader reader = new RouteReader(
                    harvest, receiver -> contactPoint(route, receiver), timings.names(), label -> false, text -> text);
            ObjectNode spec = Harvest.mapping();
            spec.put("scope", isFile ? "Cluster" : "Namespace");
            ObjectNode root = reader.root(route);
            if (!root.has("groupBy")) {
                // Alertmanager groups all alerts into one where nothing is said, a policy by rule.
                root.putArray("groupBy");
            }
            if (!isFile) {
                // prometheus-operator lets every object of a namespace see an alert.
                root.put("continue", true);
            }
            spec.set("route", root);
            if (!timings.timings().isEmpty()) {
                spec.set("muteTimings", timings.timings());
            }
            ArrayNode inhibitions = reader.inhibitions(inhibitRules());
            if (!inhibitions.isEmpty()) {
                spec.set("inhibitRules", inhibitions);
            }
            String name = harvest.reserve(
                    Kind.NotificationPolicy,
                    document.namespace(),
                    document.name(),
                    document.tree().source());
            note(name);
            harvest.add(
                    new Harvest.Draft(Kind.NotificationPolicy, document.namespace(), List.of(name), route, spec),
                    "route");
        }

        private List<Tree> inhibitRules() {
            return new ArrayList<>(fields.items("inhibitRules"));
        }

        private void note(String policy) {
            if (isFile) {
                harvest.note("NotificationPolicy " + policy + " has scope Cluster, as its Alertmanager saw every alert:"
                        + " delivery.clusterPolicyNamespaces of the operator's configuration must name its namespace");
            } else {
                harvest.note("NotificationPolicy " + policy + " sees the alerts of rules in its own namespace, by the"
                        + " label tocsin_namespace that Tocsin sets; the operator it comes from goes by the label"
                        + " namespace of the alert");
            }
        }
    }
}
