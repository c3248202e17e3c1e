package dev.tocsin.operator;

import dev.tocsin.compile.ObjectKey;
import dev.tocsin.compile.delivery.Routing;
import dev.tocsin.observe.SentTo;
import java.util.Map;

/** Is told where alerts would go, and where they do. */
@FunctionalInterface
public interface RouteListener {

    /** Where Alertmanager says that the alerts of each AlertRule with alerts go; called whenever that changes. */
    void sent(Map<ObjectKey, SentTo> sentTo);

    /** The routes that were published; called whenever they change. */
    default void routes(Routing routing) {}
}
