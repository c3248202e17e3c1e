package dev.tocsin.operator;

import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.delivery.Routing;
import dev.tocsin.observe.SentTo;
import dev.tocsin.publish.AlertmanagerAlerts.Alert;
import java.util.List;
import java.util.Map;

/** Is told where alerts would go, and where they do. */
@FunctionalInterface
public interface RouteListener {

    /** Where Alertmanager says that the alerts of each AlertRule with alerts go; called whenever that changes. */
    void sent(Map<ObjectKey, SentTo> sentTo);

    /** These alerts of AlertRules will soon end at Alertmanager, as they were not sent again for a while. */
    default void fading(List<Alert> alerts) {}

    /** The routes that were published; called whenever they change. */
    default void routes(Routing routing) {}
}
