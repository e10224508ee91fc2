//! Routes and what `openapi.json` says of them, from one list of handlers.

use axum::Router;
use axum::handler::Handler;
use axum::routing::on;
use utoipa::Path;
use utoipa_axum::PathItemExt;

#[doc(hidden)]
pub use utoipa_axum::{paste, router::OpenApiRouter, routes as described};

/// Makes two functions of a list of handlers by module: `router`, with the routes, and `description`, which says what they are.
/// They are apart, because nobody asks a function that runs for its description, and to build it takes as long as everything
/// else at the start of a function with forty routes. Method and path are those of the handler's `#[utoipa::path]`.
///
/// ```ignore
/// medius_http::routes! { State:
///     [handlers] create, list, get;
///     [claim::handlers] claim;
/// }
/// ```
#[macro_export]
macro_rules! routes {
    ($state:ty: $( $module:tt $($handler:ident),+; )+) => {
        /// The routes of this function.
        pub fn router() -> axum::Router<$state> {
            let router = axum::Router::new();
            $($( let router = $crate::routes!(@serve router, $module $handler); )+)+
            router
        }

        /// What its routes are, for `openapi.json`.
        pub fn description() -> utoipa::openapi::OpenApi {
            let described = $crate::routes::OpenApiRouter::<$state>::new();
            $($( let described = $crate::routes!(@describe described, $module $handler); )+)+
            described.into_openapi()
        }
    };
    (@serve $router:ident, [$($module:ident)::+] $handler:ident) => {
        $crate::routes::paste! {
            $crate::routes::serve::<$($module::)+[<__path_ $handler>], _, _, _>($router, $($module::)+$handler)
        }
    };
    (@describe $described:ident, [$($module:ident)::+] $handler:ident) => {
        $described.routes($crate::routes::described!($($module::)+$handler))
    };
}

/// A router with one more handler, at the path and for the methods that stand in its description.
#[doc(hidden)]
pub fn serve<P, H, T, S>(router: Router<S>, handler: H) -> Router<S>
where
    P: Path,
    H: Handler<T, S>,
    T: 'static,
    S: Clone + Send + Sync + 'static,
{
    P::methods()
        .iter()
        .fold(router, |router, method| router.route(&P::path(), on(method.to_method_filter(), handler.clone())))
}
