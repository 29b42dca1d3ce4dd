<?php
/** As little of a theme as shows a page: title, content, and the hooks every theme calls. */
?><!doctype html>
<html <?php language_attributes(); ?>>
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="<?php echo esc_url( get_stylesheet_uri() ); ?>"><?php wp_head(); ?></head>
<body <?php body_class(); ?>>
<?php while ( have_posts() ) : the_post(); ?>
<main><h1><?php the_title(); ?></h1><?php the_content(); ?></main>
<?php endwhile; wp_footer(); ?>
</body>
</html>
