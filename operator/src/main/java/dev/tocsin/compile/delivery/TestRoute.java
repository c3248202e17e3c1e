package dev.tocsin.compile.delivery;

import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.RuleCompiler;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A way that leads test notifications to one ContactPoint alone: a route before all others, and a copy of each of its
 * receivers. The copies have names of their own, so that Alertmanager counts what becomes of a test apart from all else
 * and, unlike the notifications of alerts, receiver by receiver.
 *
 * <p>No rule can reach it: the route wants alerts without {@link RuleCompiler#NAMESPACE_LABEL}, which every alert of a
 * rule carries.
 *
 * @param receivers as Alertmanager v0.31.1 writes them; without any there is nothing to test
 */
public record TestRoute(ObjectKey contactPoint, List<Map<String, Object>> receivers) {
    /** Names the ContactPoint that a test alert is for. */
    public static final String LABEL = "tocsin_test";

    /** Tells one test from another: each is a group of its own. */
    public static final String ID_LABEL = "tocsin_test_id";

    private static final String SECTION_END = "_configs";

    /** Also how long Alertmanager tries to send: it gives a notification up when the next one of its group is due. */
    private static final String GROUP_INTERVAL = "15s";

    /** Longer than any test alert lives: none is sent twice. */
    private static final String REPEAT_INTERVAL = "24h";

    /** The way to what this ContactPoint is now. */
    public static TestRoute to(ContactPointFragment fragment) {
        List<Map<String, Object>> receivers = new ArrayList<>();
        fragment.receiver().forEach((section, items) -> {
            if (items instanceof List<?> list) {
                String kind = section.substring(0, section.length() - SECTION_END.length());
                for (int i = 0; i < list.size(); i++) {
                    Map<String, Object> receiver = new LinkedHashMap<>();
                    receiver.put("name", receiverName(fragment.key(), kind, i));
                    receiver.put(section, List.of(list.get(i)));
                    receivers.add(receiver);
                }
            }
        });
        return new TestRoute(fragment.key(), receivers);
    }

    /**
     * Alertmanager's name of the copy of one receiver. The colon keeps it apart from every namespace/name.
     *
     * @param position among the receivers of its kind, from 0
     */
    public static String receiverName(ObjectKey contactPoint, String kind, int position) {
        return contactPoint + ":test:" + kind + "/" + position;
    }

    /** Whether an alert is a test: an alert of a rule is not, whatever labels it carries. */
    public static boolean isTest(Map<String, String> labels) {
        return labels.containsKey(LABEL) && !labels.containsKey(RuleCompiler.NAMESPACE_LABEL);
    }

    /** The route as Alertmanager writes it. */
    Map<String, Object> route() {
        List<Map<String, Object>> routes = new ArrayList<>();
        for (Map<String, Object> receiver : receivers) {
            Map<String, Object> route = new LinkedHashMap<>();
            route.put("receiver", receiver.get("name"));
            route.put("continue", true);
            routes.add(route);
        }
        Map<String, Object> route = new LinkedHashMap<>();
        route.put("group_by", List.of(LABEL, ID_LABEL));
        route.put("group_wait", "0s");
        route.put("group_interval", GROUP_INTERVAL);
        route.put("repeat_interval", REPEAT_INTERVAL);
        route.put(
                "matchers",
                List.of(
                        LabelMatcher.equal(LABEL, contactPoint.toString()).text(),
                        LabelMatcher.equal(RuleCompiler.NAMESPACE_LABEL, "").text()));
        route.put("routes", routes);
        return route;
    }
}
